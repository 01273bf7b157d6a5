"""The registrations that wait for a channel manager's decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assistant.domain.people import Requester
from assistant.ports.deal_desk import Reviews
from assistant.ports.prm import Prm, Window
from assistant.tools.list_deals import told
from assistant.tools.reviewing import REVIEWERS
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Card, Inputs, Row, ToolCall, ToolResult
from assistant.tools.whose_deal import partners_told
from prompts.messages import message

MOST = 20


class ListReviewsInputs(Inputs):
    """Nothing: who asks comes from the conversation."""


@dataclass(frozen=True, slots=True)
class ListReviews:
    """Lists what waits, the longest waiting first."""

    prm: Prm
    desk: Reviews
    name: ClassVar[str] = "list_reviews"
    purpose: ClassVar[str] = "List the registrations that wait for the requester's decision, the longest waiting first."
    inputs: ClassVar[type[ListReviewsInputs]] = ListReviewsInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Those who review registrations."""
        return requester.role in REVIEWERS

    async def run(self, inputs: ListReviewsInputs, call: ToolCall) -> ToolResult:  # noqa: ARG002 - a tool's signature
        """Up to 20 registrations. Raises NotOffered where the vendor decides in its own system."""
        page = await self.desk.queue(requester=call.requester, window=Window(limit=MOST))
        language = call.told_in
        names = await partners_told(self.prm, page.items, call.requester)
        rows = tuple(Row(deal.id, told(deal, language, names), foreign=True, record=deal.id) for deal in page.items)
        more = (message("reviews_more", language, count=str(MOST)),) if page.cursor else ()
        notes = (message("reviews_how" if rows else "reviews_none", language), *more)
        lines = [
            f"{deal.id} of {deal.partner_id}: {deal.state}, {spotlit(told(deal, 'en', names))}" for deal in page.items
        ]
        head = f"{len(lines)} registrations wait" + (", and more" if page.cursor else "")
        return ToolResult("\n".join([head, *lines]), card=Card(message("reviews_title", language), rows, notes))
