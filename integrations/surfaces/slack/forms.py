"""The deal form: opened from a command, a message or a card, checked while its writer waits, and proposed once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError
from slack_sdk.errors import SlackApiError

from assistant.approvals.desk import ApprovalDesk
from assistant.deals.draft import invalid
from assistant.domain.approvals import Approval
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, LiaisonError, Problem
from assistant.ports.chat_desk import ChatDesk, Form, Spot
from assistant.ports.clock import Clock
from assistant.ports.event_inbox import Arrival, EventInbox
from assistant.tools.register_deal import RegisterDealTool, RegisterInputs
from assistant.tools.tool import ToolCall, ToolResult, Words
from assistant.tools.writes import RegisterDeal, command_of
from integrations.surfaces.slack.actor import Actor, actor_of
from integrations.surfaces.slack.approval_blocks import button
from integrations.surfaces.slack.approving import Approvals
from integrations.surfaces.slack.delivery import Delivery, Json
from integrations.surfaces.slack.form_fields import CONSENT, errors_of, said_in, values_of, values_of_draft
from integrations.surfaces.slack.form_view import checking_view, deal_form, told_view
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.patience import PATIENCE, Patience
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.reading import DealReader
from integrations.surfaces.slack.rendering import section
from integrations.surfaces.slack.responding import Responses
from integrations.surfaces.slack.spots import actor_at, spot_of
from prompts.messages import message

OPEN_FORM = "open_form"
SUBMITTED = "liaison_form"  # the kind of event of a form whose check took longer than Slack waits
SHOWN = "liaison_show"  # the kind of event that a form's proposal is to be shown
LATE = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "invalid_trigger"}


@dataclass(frozen=True, slots=True)
class DealForms:
    """Opens, checks and proposes. The form's id is all that Slack keeps of it."""

    chat: ChatDesk
    desk: ApprovalDesk
    tool: RegisterDealTool
    reader: DealReader
    who: WhoIsWho
    calls: SlackCalls
    responses: Responses
    approvals: Approvals
    inbox: EventInbox
    clock: Clock
    patience: Patience = PATIENCE

    async def open(self, actor: Actor, payload: Json, text: str = "", *, thread: str = "") -> None:
        """Open the form, filled with what a text says of a deal. Whoever may not register deals is told so."""
        requester = await self.who.requester(actor)
        if requester.role is not Role.PARTNER:  # the form does not ask for whom it is filed
            await self.responses.tell(payload, message("slack_not_for_you", requester.locale))
            return
        form_id = await self.chat.open_form(spot_of(actor, thread), said=text)
        await self._opened_with(form_id, text, payload, requester)

    async def edit(self, actor: Actor, payload: Json, approval: Approval) -> None:
        """Open the form with the values of a proposal; sending it proposes anew, and the earlier one becomes void."""
        command = command_of(approval.proposal.tool, approval.proposal.payload)
        if not isinstance(command, RegisterDeal):
            return
        requester = await self.who.requester(actor)
        spot = await self.chat.origin(approval.id) or spot_of(actor)
        form_id = await self.chat.open_form(spot, talk=approval.proposal.thread)
        await self._opened(form_id, values_of_draft(command.draft), payload, requester)

    async def again(self, actor: Actor, payload: Json, value: str) -> None:
        """Somebody asked for the form by a button, since their first click had come too late, or at home."""
        form = await self.chat.form(value) if value else None
        requester = await self.who.requester(actor)
        if form is None or not same_person(form, actor):
            await self.open(actor, payload)
            return
        await self._opened_with(form.id, form.said, payload, requester)

    async def submitted(self, delivery: Delivery) -> Json:
        """What Slack shows at once: the fields that are wrong, what was proposed, or that it is still being checked."""
        view, actor = delivery.payload["view"], actor_of(delivery)
        requester, form = await self.who.requester(actor), await self.chat.form(str(view.get("private_metadata")))
        refused = self._refused(form, actor, requester)
        if form is None or refused:
            if form is not None and form.approval and same_person(form, actor):
                await self._to_be_shown(form)
            return _update(told_view(refused, requester.locale))
        values = values_of(view)
        try:
            result = await asyncio.wait_for(self._checked(form, values, requester), self.patience.check)
        except LiaisonError as error:
            return {"response_action": "errors", "errors": errors_of(error, requester.locale)}
        except TimeoutError:
            kept = {"team_id": actor.installed, "view": view["id"], "form": form.id, "values": values}
            arrival = Arrival(key=f"form:{form.id}:{view.get('hash')}", kind=SUBMITTED, body=json.dumps(kept))
            await self.inbox.put([arrival])
            return _update(checking_view(form.id, requester.locale))
        return _update(told_view(await self._proposed(form, result, requester), requester.locale))

    async def finish(self, delivery: Delivery) -> None:
        """Check and propose what took too long to do so at once, and say in the form what became of it."""
        payload = delivery.payload
        form = await self.chat.form(str(payload["form"]))
        if form is None:
            return
        requester = await self.who.requester(actor_at(form.spot))
        if form.approval:  # an earlier attempt proposed it, and may have ended before it said so
            await self._to_be_shown(form)
            await self._updated(
                str(payload["view"]), told_view(message("slack_form_sent", requester.locale), requester.locale)
            )
            return
        try:
            result = await self._checked(form, payload["values"], requester)
        except LiaisonError as error:
            errors = errors_of(error, requester.locale)
            view = deal_form(form.id, payload["values"], requester.locale, products=self.products, errors=errors)
        else:
            view = told_view(await self._proposed(form, result, requester), requester.locale)
        await self._updated(str(payload["view"]), view)

    async def show(self, delivery: Delivery) -> None:
        """Show the proposal that a form became to whoever filled it in."""
        form = await self.chat.form(str(delivery.payload["form"]))
        if form is None or not form.approval:
            return
        requester = await self.who.requester(actor_at(form.spot))
        approval = await self.approvals.book.get(form.approval, requester=requester)
        await self.approvals.offer(approval, form.spot)

    @property
    def products(self) -> tuple[str, ...]:
        """The products to choose from; none means that any name is taken."""
        return self.tool.products.codes

    async def _opened_with(self, form_id: str, text: str, payload: Json, requester: Requester) -> None:
        """Open it with what a text says; when reading takes long, open it first and fill it in then."""
        reading = asyncio.ensure_future(self.reader.deal(text, requester))
        await asyncio.wait({reading}, timeout=self.patience.read)
        values = reading.result() if reading.done() else {}
        opened = await self._opened(form_id, values, payload, requester)
        late = {} if values else await reading
        if opened and late:
            view = deal_form(form_id, late, requester.locale, products=self.products)
            await self._updated(str(opened["id"]), view, seen=str(opened.get("hash") or ""))

    async def _opened(self, form_id: str, values: Mapping[str, str], payload: Json, requester: Requester) -> Json:
        """The form as it was opened; nothing when the click that asked for it was too old."""
        view = deal_form(form_id, values, requester.locale, products=self.products)
        try:
            made = await self.calls.call("views.open", trigger_id=str(payload.get("trigger_id") or ""), view=view)
        except SlackApiError as error:
            if error.response["error"] not in LATE:
                raise
            told = message("slack_form_late", requester.locale)
            await self.responses.tell(payload, told, blocks=late_blocks(form_id, requester.locale))
            return {}
        return dict(made["view"])

    async def _updated(self, view_id: str, view: Json, *, seen: str = "") -> None:
        """Show another view in its place; with `seen` only while it is as it was then."""
        more: Json = {"hash": seen} if seen else {}
        try:
            await self.calls.call("views.update", view_id=view_id, view=view, **more)
        except SlackApiError as error:
            if error.response["error"] not in {"not_found", "view_not_found", "expired_view", "hash_conflict"}:
                raise  # a form that was closed or gone on with meanwhile is left alone

    def _refused(self, form: Form | None, actor: Actor, requester: Requester) -> str:
        if form is None or not same_person(form, actor) or requester.role is not Role.PARTNER:
            return message("slack_form_gone", requester.locale)
        return message("slack_form_sent", requester.locale) if form.approval else ""

    async def _checked(self, form: Form, values: Mapping[str, str], requester: Requester) -> ToolResult:
        """The proposal of what was filled in. Raises InvalidRecord with every field that is wrong."""
        told = {name: value for name, value in values.items() if name != CONSENT}
        consent = () if CONSENT in values else (Problem(CONSENT, "required", "is required"),)
        try:
            fields = RegisterInputs.model_validate(told)
        except ValidationError as error:
            raise InvalidRecord.of(*invalid(error).problems, *consent) from error
        words = Words((said_in(told),))
        call = ToolCall(requester, form.talk or f"slack-form:{form.id}", self.clock.now(), words, requester.locale)
        result = await self.tool.run(fields, call)
        if consent:
            raise InvalidRecord.of(*consent)
        return result

    async def _proposed(self, form: Form, result: ToolResult, requester: Requester) -> str:
        """Enter the proposal, once for each form; what to tell."""
        if result.proposal is None or not await self.chat.take_form(form.id):
            return message("slack_form_sent", requester.locale)
        try:
            approval = await self.desk.propose(result.proposal)
            await self.chat.settle_form(form.id, approval.id)
        except BaseException:
            await self.chat.give_form_back(form.id)
            raise
        await self._to_be_shown(form)
        key = "slack_form_reviewed" if approval.proposal.reviewed else "slack_form_proposed"
        return message(key, requester.locale)

    async def _to_be_shown(self, form: Form) -> None:
        """Keep that its proposal is to be shown; it is shown once, however often that is kept."""
        shown = {"team_id": form.spot.installed, "form": form.id}
        await self.inbox.put([Arrival(key=f"shown:{form.id}", kind=SHOWN, body=json.dumps(shown))])


def late_blocks(form_id: str, language: str) -> list[Json]:
    """A button that opens the form, for whom it could not be opened at once."""
    again = button(OPEN_FORM, form_id, message("slack_form_open", language))
    return [section(message("slack_form_late", language)), {"type": "actions", "elements": [again]}]


def same_person(form: Form, actor: Actor) -> bool:
    """Whether a form is this person's."""
    mine = replace(form.spot, channel="", thread="")
    return mine == Spot(actor.installed, actor.user, home=actor.home)


def _update(view: Json) -> Json:
    return {"response_action": "update", "view": view}
