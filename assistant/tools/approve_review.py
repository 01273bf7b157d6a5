"""Approve a registration that is in review, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.domain.deals_lifecycle import DealEvent
from assistant.domain.people import Requester
from assistant.ports.deal_desk import Reviews
from assistant.ports.prm import Prm
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.reviewing import REVIEWERS, require_reviewable, review_about, review_meant
from assistant.tools.tool import LONGEST_NAME, Inputs, ToolCall, ToolResult
from assistant.tools.writes import ApproveReview
from prompts.messages import message


class ApproveReviewInputs(Inputs):
    """Which registration."""

    deal: str = Field("", max_length=LONGEST_NAME, description="Id or customer; empty if only one waits.")


@dataclass(frozen=True, slots=True)
class ApproveReviewTool:
    """Proposes to approve a registration."""

    prm: Prm
    desk: Reviews
    name: ClassVar[str] = "approve_review"
    purpose: ClassVar[str] = (
        "Propose to approve a registration in review, when the requester decided so. "
        "They confirm it before anything is written."
    )
    inputs: ClassVar[type[ApproveReviewInputs]] = ApproveReviewInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Those who review registrations."""
        return requester.role in REVIEWERS

    async def run(self, inputs: ApproveReviewInputs, call: ToolCall) -> ToolResult:
        """A proposal. No rule is overruled by it: an approval with an exception is made at the desk.

        Raises as review_meant and require_reviewable.
        """
        deal, named = await review_meant(self.prm, self.desk, inputs.deal, call)
        require_reviewable(deal, DealEvent.APPROVE, call.requester)
        notes = (await review_about(self.prm, deal, call), message("review_approve_means", call.told_in))
        command, origins = ApproveReview(deal.id), {"deal_id": named}
        return proposed(Wanted(command, origins, target=deal.id, version=deal.version, notes=notes), call)
