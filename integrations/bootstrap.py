"""The composition root: the only place where adapters are chosen."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path

from assistant.answering.answer import Answerer
from assistant.domain.people import TierLadder
from assistant.ports.clock import Clock
from assistant.ports.content_store import ContentWriter
from assistant.ports.embedder import Embedder
from assistant.retrieval.retrieve import Retriever
from ingest.pipeline import Ingest
from ingest.preparation import IngestOptions
from ingest.summary import IngestEvents, Silence
from integrations.clock import SystemClock
from integrations.directory import Directory
from integrations.embedders import open_embedder
from integrations.indexes import IndexDirectory, LivePassageIndex, open_index, open_projector
from integrations.prm import DATABASE_FILE, OpenPrm, open_prm
from integrations.records import ContentRecords, database_place, open_content, open_writer
from integrations.settings import Settings

SILENCE = Silence()


class Liaison:
    """The parts of one installation, each opened when it is first used. Close it when done."""

    def __init__(self, settings: Settings, *, embedder: Embedder | None = None, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self._embedder = embedder

    @cached_property
    def embedder(self) -> Embedder:
        """Text to vectors."""
        return self._embedder or open_embedder(self.settings)

    @cached_property
    def content(self) -> ContentRecords:
        """The truth about content."""
        return open_content(self.settings.data, url=self.settings.database_url.get_secret_value())

    @cached_property
    def index(self) -> LivePassageIndex:
        """Search over passages."""
        return open_index(
            self.settings.data,
            source=self.content,
            fingerprint=self.embedder.fingerprint,
            chroma_url=self.settings.chroma_url,
        )

    @cached_property
    def retriever(self) -> Retriever:
        """Questions to passages."""
        return Retriever(
            store=self.content,
            index=self.index,
            embedder=self.embedder,
            clock=self.clock,
            ladder=TierLadder(self.settings.tiers),
        )

    @cached_property
    def answerer(self) -> Answerer:
        """Questions to cited answers."""
        return Answerer(self.retriever)

    @cached_property
    def directory(self) -> Directory:
        """Who is asking."""
        return Directory(self.settings.partners)

    @cached_property
    def prm(self) -> OpenPrm:
        """Partners, deals, invitations and funds."""
        url = self.settings.prm_url or self.settings.database_url
        rules = self.settings.prm_rules
        return open_prm(self.settings.data, url=url.get_secret_value(), clock=self.clock, rules=rules)

    @property
    def content_place(self) -> str | Path:
        """Where the content is: the URL of a database, or a file that need not exist yet."""
        return database_place(self.settings.data, self.settings.database_url.get_secret_value())

    @property
    def prm_place(self) -> str | Path:
        """Where the PRM is: the URL of a database, or a file that need not exist yet."""
        url = self.settings.prm_url or self.settings.database_url
        return url.get_secret_value() or self.settings.data / DATABASE_FILE

    @property
    def projections(self) -> IndexDirectory:
        """The search indexes on disk."""
        return open_projector(self.settings.data, chroma_url=self.settings.chroma_url)

    def open_writer(self) -> AbstractContextManager[ContentWriter]:
        """The one writer of this installation; WriterBusy while another is open."""
        url = self.settings.database_url.get_secret_value()
        return open_writer(self.settings.data, projector=self.projections, url=url)

    def ingest(self, options: IngestOptions, *, events: IngestEvents = SILENCE) -> Ingest:
        """An ingest into this installation."""
        return Ingest(
            open_writer=self.open_writer, embedder=self.embedder, clock=self.clock, options=options, events=events
        )

    def close(self) -> None:
        """Give back what was opened."""
        for name in ("index", "content", "prm"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()


def build(settings: Settings, *, embedder: Embedder | None = None, clock: Clock | None = None) -> Liaison:
    """An installation of these settings; what is passed takes the place of the adapter the settings name."""
    return Liaison(settings, embedder=embedder, clock=clock)
