"""Co-sell invitations sent and received; those received hide who invites until they are accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assistant.domain.cosell import CoSellInvitation
from assistant.domain.people import Requester
from assistant.domain.written import country_told, day_told
from assistant.ports.prm import Prm, Window
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Card, Inputs, Row, ToolCall, ToolResult
from prompts.messages import message

MOST = 50


class NoInputs(Inputs):
    """Nothing to fill in."""


@dataclass(frozen=True, slots=True)
class Invitations:
    """Lists invitations."""

    prm: Prm
    name: ClassVar[str] = "invitations"
    purpose: ClassVar[str] = "List co-sell invitations the requester sent or received, with their states."
    inputs: ClassVar[type[NoInputs]] = NoInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: NoInputs, call: ToolCall) -> ToolResult:  # noqa: ARG002 - the seam of all tools
        """Every invitation of the first page."""
        page = await self.prm.invitations(requester=call.requester, window=Window(limit=MOST))
        rows = tuple(_row(item, call.told_in) for item in page.items)
        notes = () if rows else (message("invitations_none", call.told_in),)
        lines = [f"{item.id}, {item.state}: {spotlit(facts(item))}" for item in page.items]
        head = f"{len(rows)} invitations."
        return ToolResult("\n".join([head, *lines]), card=Card(message("card_invitations", call.told_in), rows, notes))


def _row(item: CoSellInvitation, language: str) -> Row:
    state = message(f"invitation_{item.state}", language)
    return Row(f"{item.id} ({state})", facts(item, language), foreign=True)


def facts(item: CoSellInvitation, language: str = "en") -> str:
    """What an invitation says to whom it is shown; fields that are hidden from them are empty and left out."""
    role = message(f"role_{item.draft.role}", language)
    parts = (item.product, country_told(item.country, language), item.industry, role, item.inviter, item.customer_name)
    until = message("invitation_until", language, day=day_told(item.expires_at, language))
    return f"{', '.join(part for part in parts if part)}, {until}: {item.draft.message}"
