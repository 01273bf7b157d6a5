"""What pages share: texts in the reader's language, who they are, templates, and problems as pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from assistant.errors import Forbidden, LiaisonError, NotAuthenticated
from integrations.surfaces.cosell.page import TEMPLATES as ADVICE
from integrations.surfaces.http.identity import COOKIE, Caller, address_of, bearer, token_in
from integrations.surfaces.http.problems import headers_of, request_id_of, status_of
from integrations.surfaces.http.service import service_of
from prompts.page import page_language, page_texts

HERE = Path(__file__).parent
SIGN_IN = "/signin"
TEMPLATES = Environment(
    loader=FileSystemLoader([HERE / "templates", ADVICE]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route for browsers: what goes wrong is a page too, and who is not signed in is asked to."""

    def get_route_handler(self) -> Handler:
        """The handler with its errors as pages, for those who ask for pages."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            if "text/html" not in request.headers.get("accept", ""):
                return await handle(request)
            try:
                return await handle(request)
            except NotAuthenticated as error:
                return await _sign_in(request, error)
            except LiaisonError as error:
                status = status_of(error)
                page = await problem_page(request, status=status, detail=error.message, hint=error.hint)
                page.headers.update(headers_of(error))
                return page
            except RequestValidationError as error:
                said = "; ".join(str(each["msg"]) for each in error.errors())
                return await problem_page(request, status=422, detail=said)
            except HTTPException as error:
                return await problem_page(request, status=error.status_code, detail=str(error.detail))

        return handled


async def _sign_in(request: Request, error: NotAuthenticated) -> Response:
    if request.method != "GET":
        return await problem_page(request, status=401, detail=error.message, hint=error.hint)
    answer = RedirectResponse(SIGN_IN, status_code=HTTPStatus.SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer


async def problem_page(request: Request, *, status: int, detail: str, hint: str = "") -> Response:
    """A page that says what went wrong and what to do."""
    request_id = request_id_of(request)
    return render(request, "problem.html", status=status, detail=detail, hint=hint, request_id=request_id)


def render(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page in the reader's language."""
    language = language_of(request)
    texts = page_texts(language)
    signed_in = COOKIE in request.cookies
    page = TEMPLATES.get_template(template).render(
        t=texts, ui=language, signed_in=signed_in, path=request.scope["path"], **values
    )
    return HTMLResponse(page, status_code=status)


def language_of(request: Request) -> str:
    """The language of the page: the first the browser asks for that it has."""
    wishes = request.headers.get("accept-language", "").split(",")
    return page_language(wish.partition(";")[0] for wish in wishes)


async def visitor(request: Request, _documented: Annotated[object, Depends(bearer)]) -> Caller:
    """Who looks at a page, by the key they signed in with. Raises NotAuthenticated, Forbidden, Throttled."""
    service = service_of(request)
    if request.method == "POST":
        same_origin(request)
    token = token_in(request) or request.cookies.get(COOKIE, "")
    caller = await service.doorkeeper.caller(token, address=address_of(request))
    request.scope["caller"] = caller.named
    await service.rates.take(caller.counted_as, per_minute=caller.rate_per_minute)
    return caller


def same_origin(request: Request) -> None:
    """Raises Forbidden for a form that another site sent."""
    origin = request.headers.get("origin", "")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("This form was sent by another site.", hint="Open the page itself and send it from there.")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Forbidden("This form was sent by another site.", hint="Open the page itself and send it from there.")
