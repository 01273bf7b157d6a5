"""`/cosell`: who could join a deal, with reasons, and the invitations that a partner has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.domain.people import Requester, Role
from assistant.errors import LiaisonError
from assistant.ports.clock import Clock
from assistant.ports.prm import Prm
from assistant.tools.complaints import complaint
from assistant.tools.finding_deals import deal_meant
from assistant.tools.tool import Card, ToolCall, ToolResult, Words
from assistant.tools.toolbox import Toolbox, failure
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.approval_blocks import card_blocks
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.directions import directed
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.rendering import escaped, section
from integrations.surfaces.slack.responding import Responses
from prompts.messages import message

RECOMMEND, INVITATIONS = "recommend_partners", "invitations"


@dataclass(frozen=True, slots=True)
class CoSell:
    """Recommends to channel managers and shows partners their invitations."""

    toolbox: Toolbox
    prm: Prm
    who: WhoIsWho
    responses: Responses
    clock: Clock

    async def commanded(self, actor: Actor, payload: Json, text: str) -> None:
        """`/cosell DEAL` for channel managers; a partner sees its invitations."""
        requester = await self.who.requester(actor)
        if not requester.known:
            await self.responses.tell(payload, message("slack_not_for_you", requester.locale))
        elif requester.role is Role.PARTNER:
            result = await self.toolbox.run(INVITATIONS, {}, self._call(requester, actor, text))
            await self._tell(payload, result, requester)
        elif not text.strip():
            await self.responses.tell(payload, message("slack_cosell_help", requester.locale))
        else:
            await self._recommend(actor, payload, text.strip(), requester)

    async def _recommend(self, actor: Actor, payload: Json, text: str, requester: Requester) -> None:
        call = self._call(requester, actor, text)
        try:
            deal = await deal_meant(self.prm, text, call)
        except LiaisonError as error:
            await self._tell(payload, failure(error), requester)
            return
        result = await self.toolbox.run(RECOMMEND, {"deal": deal.id}, call)
        if result.card is None:
            await self._tell(payload, result, requester)
            return
        blocks = recommended_blocks(result.card, requester.locale)
        await self.responses.tell(payload, result.card.title, blocks=blocks)

    async def _tell(self, payload: Json, result: ToolResult, requester: Requester) -> None:
        """A card, or why there is none."""
        if result.card is not None:
            await self.responses.tell(payload, result.card.title, blocks=card_blocks(result.card, requester.locale))
            return
        why = result.text.partition(": ")[2].split("\nNext: ")[0] or result.text
        await self.responses.tell(
            payload, message("slack_failed", requester.locale, reason=complaint(why, requester.locale))
        )

    def _call(self, requester: Requester, actor: Actor, said: str) -> ToolCall:
        thread = f"slack:{actor.installed}:{actor.channel}:cosell"
        return ToolCall(requester, thread, self.clock.now(), Words((said,)), requester.locale)


def recommended_blocks(card: Card, language: str) -> list[Json]:
    """A recommendation, a section for each partner, and who may invite them, if there are any."""
    notes = (*card.notes, message("owner_invites", language)) if card.rows else card.notes
    head, *rest = card_blocks(replace(card, rows=(), notes=notes), language)
    rows = (section(f"*{escaped(row.label)[:300]}*\n> {escaped(row.value)[:2000]}") for row in card.rows)
    return directed([head, *rows, *rest], language)
