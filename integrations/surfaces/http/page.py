"""The web page: ask, read the answer with its sources beside it, and see sources and gaps. Works without scripts."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from assistant.answering.places import place_told
from assistant.domain.answer import Answer
from assistant.domain.gap import Feedback, Rating
from assistant.errors import NotAuthenticated
from assistant.retrieval.retrieve import Question
from integrations.surfaces.http.ask import LONGEST_QUESTION, answer_events, last_answer
from integrations.surfaces.http.documents import DocumentId, visible_document, visible_documents
from integrations.surfaces.http.identity import COOKIE, NEEDS_KEY, Caller, address_of, allowed
from integrations.surfaces.http.links import view_link
from integrations.surfaces.http.pages import HERE, PageRoute, language_of, render, same_origin, visitor
from integrations.surfaces.http.problems import documented
from integrations.surfaces.http.quality import visible_gaps
from integrations.surfaces.http.readable import parts, readable
from integrations.surfaces.http.rendering import answer_html
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of

PAGE_SIZE = 50
SIGNED_IN_SECONDS = 30 * 24 * 3600
STATIC = {"style.css": "text/css", "mark.svg": "image/svg+xml"}
Visitor = Annotated[Caller, Depends(visitor)]
Serving = Annotated[Service, Depends(service_of)]
router = APIRouter(route_class=PageRoute, include_in_schema=False)
views = APIRouter(route_class=PageRoute, tags=["documents"])


@router.get("/")
async def home(request: Request, caller: Visitor, service: Serving) -> Response:
    """The question box."""
    count = len(await visible_documents(service, caller))
    return render(request, "ask.html", answer=None, question="", thread="", count=count)


@router.post("/")
async def ask(
    request: Request,
    caller: Visitor,
    service: Serving,
    question: Annotated[str, Form(max_length=LONGEST_QUESTION)] = "",
    thread: Annotated[str, Form(pattern=r"^[0-9a-f]{0,32}$")] = "",
) -> Response:
    """The answer to a question, with its sources."""
    allowed(caller, AccessScope.ASK)
    name = (thread or secrets.token_hex(8)) if caller.requester.known else ""
    asked = Question(text=question, requester=caller.requester)
    answer = await last_answer(answer_events(service, asked, thread=f"page-{name}" if name else ""))
    count = len(await visible_documents(service, caller))
    return render(
        request,
        "ask.html",
        answer=answer,
        question=question,
        thread=name,
        count=count,
        body=answer_html(answer.text, citations=len(answer.citations), hosts=service.liaison.settings.link_hosts),
        cited=_cited(answer, language_of(request)),
        ratable=bool(answer.id) and caller.requester.known and AccessScope.FEEDBACK in caller.scopes,
    )


def _cited(answer: Answer, language: str) -> list[dict[str, object]]:
    """What the template shows of each citation."""
    return [
        {
            "number": number,
            "title": citation.title,
            "trail": [part for part in citation.heading_path if part != citation.title],
            "locator": place_told(citation.locator, language),
            "version": citation.version,
            "quote": readable(citation.quote),
            "link": view_link(citation),
        }
        for number, citation in enumerate(answer.citations, start=1)
    ]


@router.post("/rate")
async def rate(
    request: Request,
    caller: Visitor,
    service: Serving,
    answer_id: Annotated[str, Form(pattern=r"^[0-9a-f]{1,64}$")],
    rating: Annotated[Rating, Form()],
) -> Response:
    """Keeps what the reader thinks of an answer."""
    allowed(caller, AccessScope.FEEDBACK)
    await service.liaison.feedback.rate(Feedback(answer_id=answer_id, rating=rating), requester=caller.requester)
    return render(request, "thanks.html")


@router.get("/sources")
async def sources(
    request: Request, caller: Visitor, service: Serving, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """The documents that are searched for the reader."""
    allowed(caller, AccessScope.READ_DOCUMENTS)
    found = await visible_documents(service, caller)
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    more = page + 1 if len(found) > page * PAGE_SIZE else 0
    return render(request, "sources.html", documents=shown, total=len(found), more=more)


@views.get(
    "/v1/documents/{document}/view",
    summary="Read a document with a quote highlighted",
    response_class=Response,
    responses={
        200: {"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}},
        **documented(*NEEDS_KEY, 404, 422, 503, 504),
    },
)
async def view_document(
    request: Request,
    document: DocumentId,
    caller: Visitor,
    service: Serving,
    *,
    start: Annotated[int, Query(ge=0, le=2**40, description="Where the quote begins, in characters.")] = 0,
    end: Annotated[int, Query(ge=0, le=2**40, description="Where the quote ends.")] = 0,
) -> Response:
    """The text as it was read from the source, by heading and place; `#quote` jumps to the quote."""
    allowed(caller, AccessScope.READ_DOCUMENTS)
    found = await visible_document(service, caller, document)
    passages = await service.liaison.content.passages_of(found.id)
    language = language_of(request)
    shown = [
        {
            "heading": " › ".join(passage.heading_path),
            "locator": place_told(passage.locator, language),
            "parts": parts(passage.text, offset=passage.start, start=start, end=end),
        }
        for passage in passages
    ]
    return render(request, "source.html", document=found, passages=shown)


@router.get("/gaps")
async def gaps(request: Request, caller: Visitor, service: Serving) -> Response:
    """What the content does not answer, and how questions went week by week."""
    allowed(caller, AccessScope.READ_GAPS)
    trend = await service.liaison.gaps.trend(requester=caller.requester)
    return render(request, "gaps.html", gaps=await visible_gaps(service, caller), trend=trend)


@router.get("/signin")
async def sign_in_form(request: Request) -> Response:
    """Asks for a key."""
    return render(request, "signin.html", failed=False)


@router.post("/signin")
async def sign_in(request: Request, service: Serving, key: Annotated[str, Form(max_length=16_384)] = "") -> Response:
    """Keeps a good key in a cookie that scripts and other sites cannot use."""
    same_origin(request)
    await service.rates.take(f"signin:{address_of(request)}")
    try:
        caller = await service.doorkeeper.caller(key.strip(), address=address_of(request))
    except NotAuthenticated:
        return render(request, "signin.html", status=401, failed=True)
    answer = RedirectResponse("/", status_code=303)
    if caller.named != "anonymous":
        secure = request.scope["scheme"] == "https"
        answer.set_cookie(
            COOKIE, key.strip(), max_age=SIGNED_IN_SECONDS, httponly=True, samesite="strict", secure=secure
        )
    return answer


@router.post("/signout")
async def sign_out(request: Request) -> Response:
    """Forgets the key."""
    same_origin(request)
    answer = RedirectResponse("/signin", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/static/{name}")
async def static(name: Annotated[str, Path(pattern=r"^(style\.css|mark\.svg)$")]) -> Response:
    """The style sheet and the mark."""
    # Small and sent whole: a FileResponse would have ranges and their refusals, which nobody needs here.
    return Response(_static(name), media_type=STATIC[name], headers={"cache-control": "max-age=3600"})


@cache
def _static(name: str) -> bytes:
    return (HERE / "static" / name).read_bytes()
