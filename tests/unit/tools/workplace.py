"""An installation in memory whose tools the tests call: the small world of the PRM contract, and some content."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from assistant.answering.answer import Answerer
from assistant.approvals.desk import ApprovalDesk
from assistant.campaigns.library import Library
from assistant.conversation.converse import Conversation
from assistant.conversation.read import Reader
from assistant.cosell.desk import CoSellDesk
from assistant.cosell.model import ScoringModel
from assistant.domain.approvals import Proposal
from assistant.domain.content import Audience, Scope
from assistant.domain.people import Requester
from assistant.errors import SettingsError
from assistant.gaps.feedback import FeedbackDesk
from assistant.gaps.log import GapLog
from assistant.ports.prm_archive import Archive
from assistant.retrieval.retrieve import Retriever
from assistant.testing import (
    HashEmbedder,
    MemoryContent,
    MemoryEscalations,
    MemoryExposures,
    MemoryGaps,
    MemoryPassageIndex,
    MemoryPrm,
    MemoryReviews,
    MemoryThreads,
    sample_document,
)
from assistant.testing.approvals import MemoryApprovals
from assistant.tools.deal_form import Products
from assistant.tools.roster import Parts, roster
from assistant.tools.tool import ToolCall, ToolResult, Words
from assistant.tools.toolbox import Toolbox
from assistant.tools.writes import PrmExecutor
from tests.contract.prm_world import ACME, BETA, DRAFT, WORLD, TurnableClock, a_draft, by

POLICY = (
    "A registered deal is protected for 90 days.",
    "Gold tier requires two technical professionals and one won deal.",
)
SECRET = "The internal floor price of Keep is 11 euros per terabyte."


@dataclass(slots=True)
class Workplace:
    """The tools and everything they work on."""

    toolbox: Toolbox
    prm: MemoryPrm
    clock: TurnableClock
    book: MemoryApprovals
    desk: ApprovalDesk
    escalations: MemoryEscalations
    reviews: MemoryReviews

    def call(self, *said: str, who: Requester = ACME, passed_on: tuple[str, ...] = (), thread: str = "t1") -> ToolCall:
        """The circumstances of a call in a conversation with these words."""
        return ToolCall(who, thread, self.clock.now(), Words(said, passed_on), language="en")

    def use(self, name: str, call: ToolCall, **values: object) -> ToolResult:
        """The result of a tool."""
        return asyncio.run(self.toolbox.run(name, values, call))

    def approved(self, proposal: Proposal) -> str:
        """Propose and approve as the requester, and what became of it."""

        async def work() -> str:
            waiting = await self.desk.propose(proposal)
            done = await self.desk.approve(waiting.id, waiting.digest, requester=proposal.requester)
            return f"{done.state} {done.outcome}"

        return asyncio.run(work())


def untrained() -> ScoringModel:
    """A co-sell model that nobody trained yet."""
    raise SettingsError("There is no co-sell model yet.", hint="Train one: liaison cosell train.")


def workplace(archive: Archive = WORLD, *, cosell: Callable[[], ScoringModel] = untrained) -> Workplace:
    """A fresh installation with a policy everybody may read and a price that only beta may."""
    clock, embedder, content = TurnableClock(), HashEmbedder(), MemoryContent()
    only_beta = Scope(Audience(partner_ids=frozenset({"beta"})))
    with content.writer() as writer:
        for name, texts, scope in (("policy", POLICY, Scope()), ("internal", (SECRET,), only_beta)):
            document = sample_document(name, texts, embedder=embedder, scope=scope, title=name.title())
            writer.put(document, source="tests", fingerprint=embedder.fingerprint)
        writer.publish()
    index = MemoryPassageIndex(content, fingerprint=embedder.fingerprint)
    answerer = Answerer(Retriever(store=content, index=index, embedder=embedder, clock=clock), threshold=0.0)
    gaps, prm = MemoryGaps(), MemoryPrm(archive, clock=clock)
    escalations, book = MemoryEscalations(clock), MemoryApprovals(clock)
    reviews = MemoryReviews(prm)
    parts = Parts(
        prm=prm,
        desk=reviews,
        conversation=Conversation(
            answerer, threads=MemoryThreads(), log=GapLog(gaps), clock=clock, reader=Reader(embedder)
        ),
        feedback=FeedbackDesk(gaps, clock=clock),
        escalations=escalations,
        cosell=CoSellDesk(prm, model=cosell, log=MemoryExposures(), clock=clock),
        library=Library(),
        programme="skerrow",
        products=Products(("keep", "lantern", "ledge", "sentinel")),
    )
    return Workplace(
        roster(parts), prm, clock, book, ApprovalDesk(book, PrmExecutor(prm, reviews)), escalations, reviews
    )


def with_deals() -> Workplace:
    """A fresh installation with a deal of acme, deal-1, and one of beta, deal-2."""
    made = workplace()
    asyncio.run(made.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    asyncio.run(made.prm.register_deal(a_draft("crm-2"), write=by(BETA, "k2")))
    return made
