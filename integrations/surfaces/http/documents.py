"""/v1/documents: list, upload, remove. What a caller may not see does not exist for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Query, Response, UploadFile

from assistant.domain.content import Document
from assistant.domain.people import Role, TierLadder
from assistant.errors import Forbidden, RecordNotFound, UsageError
from assistant.retrieval.audience import valid, visible
from ingest.metadata import declared_in_options, merged, scope_of
from ingest.preparation import document_id
from ingest.sources.upload import UploadSource, upload_name
from integrations.erasure import remove_documents
from integrations.surfaces.http.identity import NEEDS_KEY, Authenticate, Caller
from integrations.surfaces.http.problems import documented
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of
from integrations.surfaces.http.uploads import ingest_uploads
from integrations.surfaces.http.wire import DocumentPage, DocumentView, Uploaded

MOST_FILES = 50
WRITERS = {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}
DAY = r"^(\d{4}-\d{2}-\d{2})?$"
NAMES = r"^[^\x00-\x1f]*$"
DocumentId = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$", examples=["0f4c1c9e5a0b7d3e2f6a8b9c"])]
Reader = Annotated[Caller, Depends(Authenticate(AccessScope.READ_DOCUMENTS))]
Writer = Annotated[Caller, Depends(Authenticate(AccessScope.WRITE_DOCUMENTS))]
Serving = Annotated[Service, Depends(service_of)]
router = APIRouter(tags=["documents"])


async def visible_documents(service: Service, caller: Caller) -> list[Document]:
    """The documents a caller may see today, by title and path; the vendor's own people see those of other days too."""
    ladder = TierLadder(service.liaison.settings.tiers)
    catalog = await service.liaison.content.catalog()
    today = service.liaison.clock.now().date()
    requester = caller.requester
    seen = [
        document
        for document in catalog.documents
        if visible(document.audience, requester, ladder) and (requester.role in WRITERS or valid(document.scope, today))
    ]
    return sorted(seen, key=lambda d: (d.title.casefold(), d.path, d.id))


async def visible_document(service: Service, caller: Caller, document: str) -> Document:
    """One document. Raises RecordNotFound, with the same words whether it does not exist or is not for the caller."""
    for found in await visible_documents(service, caller):
        if found.id == document:
            return found
    raise RecordNotFound("There is no such document for you.", hint="See GET /v1/documents.")


@router.get(
    "/v1/documents",
    summary="List the documents you may see",
    responses=documented(*NEEDS_KEY, 422, 503, 504),
)
async def list_documents(
    caller: Reader,
    service: Serving,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str, Query(pattern=r"^\d{0,9}$", description="From the page before.")] = "",
) -> DocumentPage:
    """By title. Those that are no longer or not yet in force are listed for the vendor's own people only."""
    found = await visible_documents(service, caller)
    start = int(cursor or 0)
    end = start + limit
    items = [DocumentView.of(document) for document in found[start:end]]
    return DocumentPage(items=items, cursor=str(end) if end < len(found) else "", total=len(found))


@dataclass(frozen=True, slots=True)
class About:
    """What an upload says about its files; what is left empty is taken from the files themselves."""

    title: Annotated[str, Form(max_length=300, pattern=NAMES, description="Only with a single file.")] = ""
    language: Annotated[str, Form(max_length=20, examples=["en"])] = ""
    product: Annotated[str, Form(max_length=200, pattern=NAMES)] = ""
    asset_type: Annotated[str, Form(max_length=200, pattern=NAMES)] = ""
    version: Annotated[str, Form(max_length=100, pattern=NAMES)] = ""
    series: Annotated[str, Form(max_length=200, pattern=NAMES)] = ""
    owner: Annotated[str, Form(max_length=200, pattern=NAMES)] = ""
    valid_from: Annotated[str, Form(pattern=DAY, examples=["2026-01-01"])] = ""
    valid_until: Annotated[str, Form(pattern=DAY)] = ""
    roles: Annotated[str, Form(max_length=200, pattern=NAMES, description="Separated by commas.")] = ""
    minimum_tier: Annotated[str, Form(max_length=50, pattern=NAMES, examples=["gold"])] = ""
    regions: Annotated[str, Form(max_length=500, pattern=NAMES, description="Separated by commas.")] = ""
    partner_ids: Annotated[str, Form(max_length=2000, pattern=NAMES, description="Separated by commas.")] = ""

    def pairs(self) -> list[str]:
        """What was said, as key=value."""
        audience = {"roles", "minimum_tier", "regions", "partner_ids"}
        given = {name: getattr(self, name) for name in self.__dataclass_fields__ if getattr(self, name)}
        return [f"{'audience.' if name in audience else ''}{name}={value}" for name, value in given.items()]


@router.post(
    "/v1/documents",
    status_code=201,
    summary="Upload documents",
    responses=documented(400, *NEEDS_KEY, 413, 422, 503, 504),
)
async def upload_documents(
    caller: Writer,
    service: Serving,
    about: Annotated[About, Depends()],
    files: Annotated[list[UploadFile], File(description="Any file types that `liaison ingest` reads.")],
) -> Uploaded:
    """All files of the call become searchable together, or none does. A file of the same name is replaced."""
    may_write(caller)
    if not 1 <= len(files) <= MOST_FILES:
        raise UsageError(f"Send 1 to {MOST_FILES} files at once.", hint="Use several calls.")
    if about.title and len(files) > 1:
        raise UsageError("A title is for a single file.", hint="Leave it out, or send the files one by one.")
    declared = declared_in_options(about.pairs())
    scope_of(merged([declared]), tiers=service.liaison.settings.tiers)
    sources = [UploadSource(upload_name(file.filename or ""), await file.read()) for file in files]
    if len({source.name for source in sources}) < len(sources):
        raise UsageError("Two files have the same name.", hint="Names must differ; folders do not count.")
    work = partial(ingest_uploads, service.liaison, sources, declared=declared, sandbox=service.sandbox)
    summary = await service.writes.run(work)
    service.metrics.documents.labels("uploaded").inc(len(sources))
    ids = {document_id(source.uri, source.name) for source in sources}
    stored = [d for d in (await service.liaison.content.catalog()).documents if d.id in ids]
    return Uploaded.of(summary, stored)


@router.delete(
    "/v1/documents/{document}",
    status_code=204,
    summary="Remove a document",
    responses=documented(*NEEDS_KEY, 404, 422, 503, 504),
)
async def remove_document(
    document: DocumentId,
    caller: Writer,
    service: Serving,
    *,
    erase: Annotated[bool, Query(description="Leave nothing of it in the data directory. Takes longer.")] = False,
) -> Response:
    """Removed when this returns: it is found by no search and quoted in no answer that begins afterwards."""
    may_write(caller)
    found = await visible_document(service, caller, document)
    await service.writes.run(partial(remove_documents, service.liaison, [found.id], erase=erase))
    service.metrics.documents.labels("erased" if erase else "removed").inc()
    return Response(status_code=204)


def may_write(caller: Caller) -> None:
    """Raises Forbidden unless one of the vendor's people calls."""
    if caller.requester.role not in WRITERS:
        raise Forbidden("Only channel managers and administrators change the content.")
