"""Refuse a registration that is in review, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.domain.deals_lifecycle import DealEvent
from assistant.domain.people import Requester
from assistant.errors import InvalidRecord, Problem
from assistant.ports.deal_desk import Reviews
from assistant.ports.prm import Prm
from assistant.tools.origin import foreign_addresses, origin_of, unsaid
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.reviewing import REVIEWERS, require_reviewable, review_about, review_meant
from assistant.tools.tool import LONGEST_NAME, Inputs, ToolCall, ToolResult
from assistant.tools.writes import RejectReview
from prompts.messages import message


class RejectReviewInputs(Inputs):
    """Which registration, and why."""

    deal: str = Field("", max_length=LONGEST_NAME, description="Id or customer; empty if only one waits.")
    reason: str = Field("", max_length=500, description="Why, in the requester's words. The partner reads it.")


@dataclass(frozen=True, slots=True)
class RejectReviewTool:
    """Proposes to refuse a registration."""

    prm: Prm
    desk: Reviews
    name: ClassVar[str] = "reject_review"
    purpose: ClassVar[str] = (
        "Propose to refuse a registration in review, when the requester decided so. "
        "They confirm it before anything is written."
    )
    inputs: ClassVar[type[RejectReviewInputs]] = RejectReviewInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Those who review registrations."""
        return requester.role in REVIEWERS

    async def run(self, inputs: RejectReviewInputs, call: ToolCall) -> ToolResult:
        """A proposal. Raises as review_meant and require_reviewable, InvalidRecord for a reason nobody gave."""
        deal, named = await review_meant(self.prm, self.desk, inputs.deal, call)
        require_reviewable(deal, DealEvent.REJECT, call.requester)
        reason = inputs.reason.strip()
        if not reason:
            raise InvalidRecord.of(Problem("reason", "missing", "is missing; ask the requester why"))
        origin = origin_of(reason, call.words)
        problems = (*unsaid([("reason", origin)]), *foreign_addresses("reason", reason, call.words))
        if problems:
            raise InvalidRecord.of(*problems)
        notes = (await review_about(self.prm, deal, call), message("review_reject_means", call.told_in))
        command, origins = RejectReview(deal.id, reason), {"deal_id": named, "reason": origin}
        return proposed(Wanted(command, origins, target=deal.id, version=deal.version, notes=notes), call)
