"""Approvals in Slack: shown to those who decide them, decided by a click, and kept true wherever they are decided."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog
from slack_sdk.errors import SlackApiError

from assistant.approvals.desk import ApprovalDesk
from assistant.domain.approvals import OPEN, Approval, ApprovalState
from assistant.domain.people import Requester
from assistant.errors import LiaisonError, NotAllowedInState, RecordNotFound
from assistant.ports.approvals import ApprovalBook
from assistant.ports.chat_desk import ChatDesk, ShownCard, Spot, Watch
from assistant.tools.complaints import complaint
from assistant.tools.tool import Card
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.approval_blocks import approval_card, receipt
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.responding import Responses
from integrations.surfaces.slack.spots import actor_at, spot_of
from integrations.surfaces.slack.standing import marked
from prompts.messages import message

FOLLOWED = frozenset({"register_deal"})  # what makes a deal whose later changes are told
log = structlog.get_logger("liaison.slack")


@dataclass(frozen=True, slots=True)
class Approvals:
    """Shows, decides and updates the cards of a workspace."""

    team: str
    desk: ApprovalDesk
    book: ApprovalBook
    chat: ChatDesk
    who: WhoIsWho
    calls: SlackCalls
    responses: Responses

    async def approve(self, actor: Actor, payload: Json, subject: str) -> None:
        """A click on Approve: the write happens once, however often and by whomever it is clicked."""
        approval_id, _, digest = subject.partition(":")
        requester = await self.who.requester(actor)
        try:
            await self.desk.approve(approval_id, digest, requester=requester)
        except NotAllowedInState as error:
            if not await self._finish(approval_id, requester):
                await self._refused(payload, error, approval_id, requester)
        except LiaisonError as error:
            await self._refused(payload, error, approval_id, requester)
        await self._after(actor, payload, approval_id, requester)

    async def reject(self, actor: Actor, subject: str, *, reason: str) -> str:
        """Reject with a reason; why that was not possible, or nothing. The card changes with the news of it."""
        approval_id, _, digest = subject.partition(":")
        requester = await self.who.requester(actor)
        try:
            await self.desk.reject(approval_id, digest, reason=reason, requester=requester)
        except LiaisonError as error:
            return await self.why(error, approval_id, requester)
        return ""

    async def may_decide(self, actor: Actor, payload: Json, subject: str) -> Approval | None:
        """The approval, if this person may decide it now; they are told why when they may not."""
        approval_id, requester = subject.partition(":")[0], await self.who.requester(actor)
        try:
            return await self.open_to(requester, subject)
        except LiaisonError as error:
            await self._refused(payload, error, approval_id, requester)
            await self._after(actor, payload, approval_id, requester)
            return None

    async def open_to(self, requester: Requester, subject: str) -> Approval:
        """The approval, if this person may decide it now. Raises RecordNotFound, NotAllowedInState."""
        found = await self.book.get(subject.partition(":")[0], requester=requester)
        if found.state is not ApprovalState.PENDING or not found.proposal.may_be_decided_by(requester):
            raise NotAllowedInState(f"This is {found.state.value}.")
        return found

    async def requester(self, spot: Spot) -> Requester:
        """Who somebody at a place is now."""
        return await self.who.requester(actor_at(spot))

    async def refresh(self, approval_id: str) -> None:
        """Make every card of an approval show what the book says, and follow the deal that came of it."""
        for card in await self.chat.cards(approval_id):
            if card.spot.installed != self.team:
                continue
            try:
                await self._refreshed(card)
            except SlackApiError as error:
                log.warning("a card could not be changed", error=error.response["error"])

    async def offer(self, approval: Approval, spot: Spot, *, card: Card | None = None) -> None:
        """Show a proposal to whoever made it, once: in their direct messages, else where only they see it."""
        reader = await self.who.requester(actor_at(spot))
        if any(each.spot.user == spot.user for each in await self.chat.cards(approval.id)):
            return
        text, direct = message("slack_card_text", reader.locale), spot.channel.startswith("D")
        told: Json = {"text": text, "blocks": approval_card(approval, reader, card=card)}
        try:
            made = await self._posted(approval, spot, told, direct=direct)
        except SlackApiError:
            if direct or spot.channel == spot.user or not spot.channel:
                raise
            # Whoever cannot be written to directly sees it in the channel, alone; a click there is answered there.
            more: Json = {"thread_ts": spot.thread} if spot.thread else {}
            await self.calls.call("chat.postEphemeral", channel=spot.channel, user=spot.user, **told, **more)
            return
        there = direct and made["channel"] == spot.channel
        shown = replace(spot, channel=str(made["channel"]), thread=spot.thread if there else "")
        await self.chat.show(ShownCard(approval.id, shown, str(made["ts"]), approval.state.value))

    async def _posted(self, approval: Approval, spot: Spot, told: Json, *, direct: bool) -> Json:
        """The card where it was asked for, if that is between the person and Liaison, else in their direct messages."""
        told = {**told, "metadata": marked(f"card:{approval.id}"), "unfurl_links": False}
        if direct:
            thread: Json = {"thread_ts": spot.thread} if spot.thread else {}
            try:
                return await self.calls.call("chat.postMessage", channel=spot.channel, **thread, **told)
            except SlackApiError as error:  # between two people, or gone
                log.info("a card is shown elsewhere", error=error.response["error"])
        return await self.calls.call("chat.postMessage", channel=spot.user, **told)

    async def _refreshed(self, card: ShownCard) -> None:
        reader = await self.who.requester(actor_at(card.spot))
        try:
            approval = await self.book.get(card.approval, requester=reader)
        except RecordNotFound:
            return  # whoever it was shown to may not see it any more: their old card says nothing new
        state = approval.state.value
        if state == card.state:
            return
        await self.calls.call(
            "chat.update",
            channel=card.spot.channel,
            ts=card.ts,
            text=receipt(approval, reader.locale)[:3000],
            blocks=approval_card(approval, reader),
        )
        await self.chat.show(replace(card, state=state))
        if approval.state is ApprovalState.DONE and approval.proposal.tool in FOLLOWED:
            await self._follow(approval, card, reader)

    async def _follow(self, approval: Approval, card: ShownCard, reader: Requester) -> None:
        """Later changes of the deal are told where it was asked for, by whoever asked."""
        if reader.name != approval.proposal.requester.name or reader.user != approval.proposal.requester.user:
            return
        deal, _, state = approval.outcome.rpartition(" ")
        asked = await self.chat.origin(approval.id)
        spot = asked if asked and asked.thread else replace(card.spot, thread=card.spot.thread or card.ts)
        await self.chat.watch(Watch(deal, spot, reader.name, state, version=""))

    async def _finish(self, approval_id: str, requester: Requester) -> bool:
        """Whether a decision whose write a crash broke off was this person's, and is written now."""
        try:
            found = await self.book.get(approval_id, requester=requester)
        except LiaisonError:
            return False
        if found.state not in OPEN or found.decided_by not in {requester.user, requester.name}:
            return False
        await self.desk.send(approval_id)
        return True

    async def _after(self, actor: Actor, payload: Json, approval_id: str, requester: Requester) -> None:
        """Cards say what became of it; one that only its reader sees is replaced by its receipt."""
        await self.refresh(approval_id)
        container = payload.get("container") or {}
        if container.get("is_ephemeral"):
            try:
                approval = await self.book.get(approval_id, requester=requester)
            except LiaisonError:
                return
            blocks = approval_card(approval, requester)
            await self.responses.tell(payload, receipt(approval, requester.locale), blocks=blocks, instead=True)
            done = approval.state is ApprovalState.DONE and approval.proposal.tool in FOLLOWED
            if done:
                spot = spot_of(actor, str(container.get("thread_ts") or ""))
                await self._follow(approval, ShownCard(approval_id, spot, "", approval.state.value), requester)

    async def _refused(self, payload: Json, error: LiaisonError, approval_id: str, requester: Requester) -> None:
        await self.responses.tell(payload, await self.why(error, approval_id, requester))

    async def why(self, error: LiaisonError, approval_id: str, requester: Requester) -> str:
        """Why a click did nothing: it is somebody else's, it was decided, or something else was proposed since."""
        try:
            found = await self.book.get(approval_id, requester=requester)
        except LiaisonError:
            return message("slack_not_yours", requester.locale)
        if found.state is not ApprovalState.PENDING:
            return message("slack_late", requester.locale, outcome=receipt(found, requester.locale))
        if not found.proposal.may_be_decided_by(requester):
            return message("slack_not_yours", requester.locale)
        return message("slack_failed", requester.locale, reason=complaint(error.message, requester.locale))
