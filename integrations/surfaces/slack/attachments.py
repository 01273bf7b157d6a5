"""Files that somebody shares with a question: read for it under the limits of an ingest, and kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from assistant.answering.events import AnswerEvent
from assistant.conversation.converse import Conversation
from assistant.domain.content import Scope
from assistant.errors import LiaisonError, ProviderUnavailable, UnreadableDocument
from assistant.ports.content_store import IngestedDocument
from assistant.retrieval.retrieve import Question
from ingest.pipeline import embed_distinct
from ingest.preparation import IngestOptions, Preparation
from ingest.readers import Sandbox
from ingest.sources.item import too_large
from ingest.sources.upload import UploadSource, upload_name
from integrations.beside import answering_with
from integrations.bootstrap import Liaison
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.outgoing import SlackCalls

MOST_FILES = 3  # of a message
MOST_BYTES = 20 * 2**20
MOST_PASSAGES = 200  # of a file; a passage has about 120 words
DOWNLOAD_SECONDS = 20.0
ATTACHED = "slack-file:"  # how the ids of these documents begin
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".svg"})
log = structlog.get_logger("liaison.slack")


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of a message, as the message describes it. `says` is what somebody wrote about an image."""

    id: str
    name: str
    url: str
    size: int
    says: str = ""

    @property
    def image(self) -> bool:
        """Whether it is a picture, of which only the title and the description are read."""
        return PurePosixPath(self.name.lower()).suffix in IMAGES


def file_of(described: Json) -> SharedFile | None:
    """A file object of Slack's; None for what is not kept by Slack, or not shown."""
    if described.get("is_external") or described.get("mode") in {"tombstone", "hidden_by_limit", "external"}:
        return None
    name = str(described.get("name") or "")
    title, alt = str(described.get("title") or ""), str(described.get("alt_txt") or "")
    said = [each for each in (title, alt) if each and each not in {name, PurePosixPath(name).stem}]
    return SharedFile(
        id=str(described.get("id") or ""),
        name=name,
        url=str(described.get("url_private_download") or described.get("url_private") or ""),
        size=int(described.get("size") or 0),
        says="\n\n".join(dict.fromkeys(said)),
    )


@dataclass(frozen=True, slots=True)
class Read:
    """What came of the files of a message: documents to answer from, the names of those unread and of those cut."""

    documents: tuple[IngestedDocument, ...] = ()
    unread: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachments:
    """Reads files of one workspace. `token` goes to `host` and nowhere else."""

    liaison: Liaison
    calls: SlackCalls
    session: aiohttp.ClientSession
    sandbox: Sandbox
    token: str
    host: str

    async def read(self, described: list[Json]) -> Read:
        """The files of a message, of which the first three count; one that cannot be read is named."""
        read = Read()
        for each in described[:MOST_FILES]:
            name = str(each.get("name") or each.get("id") or "?")[:100]
            try:
                document, cut = await self._one(each)
            except (LiaisonError, SlackApiError) as error:
                log.info("a shared file was not read", error=type(error).__name__)
                read = replace(read, unread=(*read.unread, name))
            else:
                read = replace(read, documents=(*read.documents, document), cut=(*read.cut, *([name] if cut else [])))
        unseen = tuple(str(each.get("name") or "?")[:100] for each in described[MOST_FILES:])
        return replace(read, unread=(*read.unread, *unseen))

    def turn(self, documents: tuple[IngestedDocument, ...]) -> AttachedTurn:
        """What answers from these documents and the content."""
        return AttachedTurn(self.liaison, documents)

    async def _one(self, described: Json) -> tuple[IngestedDocument, bool]:
        if described.get("file_access") == "check_file_info":
            described = (await self.calls.call("files.info", file=str(described.get("id"))))["file"]
        shared = file_of(described)
        if shared is None:
            raise UnreadableDocument("elsewhere", "The file is not kept by Slack.", hint="Upload it to Slack.")
        if shared.image:
            if not shared.says:
                raise UnreadableDocument("no_text", "The image has no description.", hint="Describe it in Slack.")
            return await asyncio.to_thread(self._prepared, shared, f"{shared.name}.txt", shared.says.encode())
        name = upload_name(shared.name)
        return await asyncio.to_thread(self._prepared, shared, name, await self._download(shared))

    async def _download(self, shared: SharedFile) -> bytes:
        if shared.size > MOST_BYTES:
            raise too_large(shared.name, MOST_BYTES)
        place = urlsplit(shared.url)
        if f"{place.scheme}://{place.netloc}" != self.host:
            raise UnreadableDocument(
                "elsewhere", "The file is not where Slack keeps files.", hint="Upload it to Slack."
            )
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            async with (
                asyncio.timeout(DOWNLOAD_SECONDS),
                self.session.get(shared.url, headers=headers, allow_redirects=False) as answer,
            ):
                page = answer.content_type == "text/html" and not shared.name.lower().endswith((".html", ".htm"))
                if answer.status != 200 or page:  # without the right to a file Slack shows where to log in
                    raise UnreadableDocument("no_access", "Slack did not give the file.", hint="Share it here again.")
                data = bytearray()
                async for part in answer.content.iter_chunked(2**16):
                    data += part
                    if len(data) > MOST_BYTES:
                        raise too_large(shared.name, MOST_BYTES)
                return bytes(data)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ProviderUnavailable("A file could not be fetched from Slack.") from error

    def _prepared(self, shared: SharedFile, name: str, data: bytes) -> tuple[IngestedDocument, bool]:
        """The file with vectors, public for this question, and whether it was too long. Blocking."""
        embedder = self.liaison.embedder
        tiers = self.liaison.settings.tiers
        source = UploadSource(name, data, address=f"{ATTACHED}{shared.id}")
        (item,) = source.items()
        made = Preparation(embedder, self.sandbox, IngestOptions(tiers=tiers)).prepare(source, item, known="")
        if made is None:
            raise UnreadableDocument("no_text", f"{name} holds no text.")
        id_, scope = source.uri, Scope()
        about = replace(made.document, id=id_, title=shared.name, scope=scope, series=id_, version="", uri="")
        passages = tuple(
            replace(passage, id=f"{id_}:{passage.ordinal}", document_id=id_, scope_key=scope.key)
            for passage in made.passages[:MOST_PASSAGES]
        )
        vectors = embed_distinct(embedder, made.embedded[:MOST_PASSAGES])
        return IngestedDocument(about, made.text, passages, vectors), len(made.passages) > MOST_PASSAGES


@dataclass(frozen=True, slots=True)
class AttachedTurn:
    """Answers one question from files and content, understood in its thread; neither it nor the answer is kept."""

    liaison: Liaison
    documents: tuple[IngestedDocument, ...]

    async def stream(self, thread: str, question: Question, *, key: str = "") -> AsyncGenerator[AnswerEvent]:
        """See Turn; nothing is kept by its key."""
        conversation: Conversation = self.liaison.conversation
        asking = await conversation.begin(thread, question, key=key)
        answerer = answering_with(conversation.answerer, self.documents, index=self.liaison.index)
        async with aclosing(answerer.stream(asking.question)) as events:
            async for event in events:
                yield event


def files_host(api_url: str) -> str:
    """Where Slack keeps files, by the base URL of its Web API: files.slack.com, or that of another Slack."""
    place = urlsplit(api_url)
    official = place.hostname in {"slack.com", "www.slack.com", "slack-gov.com"} and place.scheme == "https"
    return (
        f"https://files.{(place.hostname or '').removeprefix('www.')}"
        if official
        else f"{place.scheme}://{place.netloc}"
    )
