"""The composition root: adapters are chosen here alone, and imported only where they are opened."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.domain.people import TierLadder
from integrations.clock import SystemClock
from integrations.settings import Settings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from assistant.answering.answer import Answerer
    from assistant.answering.generation import Generation
    from assistant.approvals.desk import ApprovalDesk
    from assistant.conversation.converse import Conversation
    from assistant.conversation.read import Reader
    from assistant.gaps.feedback import FeedbackDesk
    from assistant.gaps.report import Gaps
    from assistant.ports.clock import Clock
    from assistant.ports.content_store import ContentWriter
    from assistant.ports.embedder import Embedder
    from assistant.retrieval.retrieve import Retriever
    from ingest.pipeline import Ingest
    from ingest.preparation import IngestOptions
    from ingest.summary import IngestEvents
    from integrations.directory import Directory
    from integrations.indexes import IndexDirectory, LivePassageIndex
    from integrations.prm import OpenPrm
    from integrations.records import ApiKeyRecords, ContentRecords, ModelLedgerRecords, RateRecords
    from integrations.records.approvals import ApprovalRecords
    from integrations.records.conversations import Conversations
    from integrations.records.exposures import ExposureRecords
    from integrations.records.kits import KitRecords
    from integrations.records.slack import SlackRecords

STORES = ("index", "content", "conversations", "api_keys", "shared_rates", "model_ledger", "approvals", "slack", "prm")
OPENED = (*STORES, "kits", "exposures")


class Liaison:
    """The parts of one installation, each opened when it is first used. Close it when done."""

    def __init__(self, settings: Settings, *, embedder: Embedder | None = None, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self._embedder = embedder
        self._url = settings.database_url.get_secret_value()

    @cached_property
    def embedder(self) -> Embedder:
        """Text to vectors."""
        from integrations.embedders import open_embedder

        return self._embedder or open_embedder(self.settings)

    @cached_property
    def content(self) -> ContentRecords:
        """The truth about content."""
        from integrations.records import open_content

        return open_content(self.settings.data, url=self._url)

    @cached_property
    def index(self) -> LivePassageIndex:
        """Search over passages."""
        from integrations.indexes import open_index

        data, url = self.settings.data, self.settings.chroma_url
        return open_index(data, source=self.content, fingerprint=self.embedder.fingerprint, chroma_url=url)

    @property
    def searches(self) -> bool:
        """Whether this process has the search index open."""
        return "index" in self.__dict__

    @cached_property
    def retriever(self) -> Retriever:
        """Questions to passages."""
        from assistant.retrieval.retrieve import Retriever
        from integrations.languages.fitted import open_lexicon

        store, index, embedder = self.content, self.index, self.embedder
        words, ladder = open_lexicon(self.settings.data, space=embedder.fingerprint), TierLadder(self.settings.tiers)
        return Retriever(store=store, index=index, embedder=embedder, clock=self.clock, ladder=ladder, lexicon=words)

    @cached_property
    def answerer(self) -> Answerer:
        """Questions to cited answers, by the model where one is set."""
        from assistant.answering.answer import Answerer

        return Answerer(self.retriever, generation=self.generation)

    @property
    def quoting_answerer(self) -> Answerer:
        """Questions to quotes, whether a model is set or not."""
        from assistant.answering.answer import Answerer

        return Answerer(self.retriever)

    @cached_property
    def generation(self) -> Generation | None:
        """Verified answers by the model of the settings; None without one."""
        if not self.settings.model:
            return None
        from integrations.models import open_generation

        return open_generation(self.settings, embedder=self.embedder, ledger=self.model_ledger, clock=self.clock)

    @cached_property
    def model_ledger(self) -> ModelLedgerRecords:
        """What the model took, for whom."""
        from integrations.records import open_model_ledger

        return open_model_ledger(self.settings.data, url=self._url)

    @cached_property
    def conversations(self) -> Conversations:
        """What is kept of conversations: threads, asked questions, ratings, gaps."""
        from integrations.records.conversations import open_conversations

        return open_conversations(self.settings.data, url=self._url)

    @cached_property
    def conversation(self) -> Conversation:
        """Questions to answers that are kept, each understood with those before it."""
        from assistant.conversation.converse import Conversation
        from assistant.gaps.log import GapLog

        log = GapLog(self.conversations.gaps)
        return Conversation(
            self.answerer, threads=self.conversations.threads, log=log, clock=self.clock, reader=self.reader
        )

    @cached_property
    def reader(self) -> Reader:
        """What a question means in its conversation."""
        from assistant.conversation.read import Reader

        made, rewriter = self.generation, None
        if made is not None:
            from assistant.conversation.rewrite import Rewriter

            rewriter = Rewriter.beside(made.writer, budget=made.budget)
        return Reader(self.embedder, ladder=TierLadder(self.settings.tiers), rewriter=rewriter)

    @cached_property
    def gaps(self) -> Gaps:
        """What the content does not answer. Its questions are asked again without a model."""
        from assistant.gaps.report import Gaps

        told, ladder = self.settings, TierLadder(self.settings.tiers)
        made = Gaps(self.conversations.gaps, answerer=self.quoting_answerer, embedder=self.embedder, clock=self.clock)
        return replace(made, ladder=ladder, minimum_partners=told.gap_partners, kept_days=told.question_days)

    @cached_property
    def feedback(self) -> FeedbackDesk:
        """What people think of answers."""
        from assistant.gaps.feedback import FeedbackDesk

        return FeedbackDesk(self.conversations.gaps, clock=self.clock)

    @cached_property
    def directory(self) -> Directory:
        """Who is asking."""
        from integrations.directory import Directory

        return Directory(self.settings.partners)

    @cached_property
    def api_keys(self) -> ApiKeyRecords:
        """Who may call the HTTP interfaces."""
        from integrations.records import open_api_keys

        return open_api_keys(self.settings.data, url=self._url)

    @cached_property
    def shared_rates(self) -> RateRecords | None:
        """The rate limits that the servers of one PostgreSQL share; None on files, which have one server."""
        from integrations.records import open_rates

        return open_rates(self._url) if self._url else None

    @cached_property
    def prm(self) -> OpenPrm:
        """Partners, deals, invitations and funds."""
        from integrations.prm import open_prm

        return open_prm(self.settings, clock=self.clock)

    @cached_property
    def approvals(self) -> ApprovalRecords:
        """What people are asked to allow, and the audit log."""
        from integrations.records.approvals import open_approvals

        return open_approvals(self.settings.data, url=self._url, clock=self.clock)

    @cached_property
    def kits(self) -> KitRecords:
        """Campaign kits, their versions and reviews."""
        from integrations.records.kits import open_kits

        return open_kits(self.settings.data, url=self._url)

    @cached_property
    def exposures(self) -> ExposureRecords:
        """What was recommended to whom."""
        from integrations.records.exposures import open_exposures

        return open_exposures(self.settings.data, url=self._url)

    @cached_property
    def slack(self) -> SlackRecords:
        """What the Slack surface keeps: events that came, and who is who."""
        from integrations.records.slack import open_slack_records

        return open_slack_records(self.settings.data, url=self._url, clock=self.clock)

    @cached_property
    def approval_desk(self) -> ApprovalDesk:
        """Decisions, and the one way a proposed change reaches the PRM."""
        from assistant.approvals.desk import ApprovalDesk
        from assistant.tools.writes import PrmExecutor

        return ApprovalDesk(self.approvals, PrmExecutor(self.prm.prm, self.prm.desk))

    def checkpoints(self) -> AbstractAsyncContextManager[BaseCheckpointSaver[Any]]:
        """What the agent's conversations are doing, for as long as the context lasts."""
        from integrations.records.checkpoints import open_checkpoints

        return open_checkpoints(self.settings.data, url=self._url)

    @property
    def content_place(self) -> str | Path:
        """Where the content is: the URL of a database, or a file that need not exist yet."""
        from integrations.records import database_place

        return database_place(self.settings.data, self._url)

    @property
    def conversations_place(self) -> str | Path:
        """Where conversations are kept: the URL of a database, or a file that need not exist yet."""
        from integrations.records.conversations import conversations_place

        return conversations_place(self.settings.data, self._url)

    @property
    def has_conversations(self) -> bool:
        """Whether anything can have been asked yet; looking does not make a database."""
        place = self.conversations_place
        return isinstance(place, str) or place.exists()

    @property
    def prm_place(self) -> str | Path:
        """Where the PRM is: the URL of a database, or a file that need not exist yet."""
        from integrations.prm import database_place

        return database_place(self.settings)

    @property
    def projections(self) -> IndexDirectory:
        """The search indexes on disk."""
        from integrations.indexes import open_projector

        return open_projector(self.settings.data, chroma_url=self.settings.chroma_url)

    def open_writer(self) -> AbstractContextManager[ContentWriter]:
        """The one writer of this installation; WriterBusy while another is open."""
        from integrations.records import open_writer

        return open_writer(self.settings.data, projector=self.projections, url=self._url)

    def ingest(self, options: IngestOptions, *, events: IngestEvents | None = None) -> Ingest:
        """An ingest into this installation."""
        from ingest.pipeline import Ingest
        from ingest.summary import Silence

        told = events or Silence()
        return Ingest(
            open_writer=self.open_writer, embedder=self.embedder, clock=self.clock, options=options, events=told
        )

    def close(self) -> None:
        """Give back what was opened."""
        for name in OPENED:
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()


def build(settings: Settings, *, embedder: Embedder | None = None, clock: Clock | None = None) -> Liaison:
    """An installation of these settings; what is passed takes the place of the adapter the settings name."""
    return Liaison(settings, embedder=embedder, clock=clock)
