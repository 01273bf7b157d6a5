"""Edit on a proposed change: a form of its fields, whose sending proposes anew and makes the old card void."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pydantic import ValidationError

from assistant.deals.draft import invalid
from assistant.domain.approvals import Approval
from assistant.domain.people import Requester
from assistant.errors import LiaisonError, PrmError, Problem
from assistant.ports.chat_desk import Spot
from assistant.ports.clock import Clock
from assistant.ports.event_inbox import Arrival, EventInbox
from assistant.tools.tool import AnyTool, ToolCall, ToolResult, Words
from integrations.surfaces.slack.actor import Actor, actor_of
from integrations.surfaces.slack.approval_blocks import subject_of
from integrations.surfaces.slack.approving import Approvals
from integrations.surfaces.slack.change_fields import Editing, editing_of
from integrations.surfaces.slack.delivery import Delivery, Json
from integrations.surfaces.slack.form_fields import BY_PLACE, sentence, values_of
from integrations.surfaces.slack.form_view import change_form, told_view
from integrations.surfaces.slack.patience import PATIENCE, Patience
from integrations.surfaces.slack.spots import spot_of
from prompts.messages import message

CHANGED = "liaison_changed"  # the kind of event that an edited proposal is to be shown


@dataclass(frozen=True, slots=True)
class Changes:
    """Edits proposals of the tools that write. What a form is for comes back with it and is looked up anew."""

    tools: Mapping[str, AnyTool]
    approvals: Approvals
    inbox: EventInbox
    clock: Clock
    products: tuple[str, ...] = ()
    patience: Patience = PATIENCE

    def form(self, approval: Approval, language: str) -> Json | None:
        """The form with what is proposed; None when nothing of it can be edited."""
        editing = editing_of(approval.proposal)
        if editing is None:
            return None
        return change_form(subject_of(approval), editing, language, products=self.products)

    async def submitted(self, delivery: Delivery) -> Json:
        """What Slack shows at once: the fields that are wrong, or that it is proposed anew."""
        view, actor = delivery.payload["view"], actor_of(delivery)
        requester = await self.approvals.who.requester(actor)
        subject = str(view.get("private_metadata") or "")
        try:
            approval = await self.approvals.open_to(requester, subject)
        except LiaisonError as error:
            return _update(await self.approvals.why(error, subject.partition(":")[0], requester), requester)
        editing = editing_of(approval.proposal)
        if editing is None:
            return _update(message("slack_form_gone", requester.locale), requester)
        names = tuple(field.name for field in editing.fields)
        try:
            values = values_of(view, names)
            result = await asyncio.wait_for(self._checked(approval, editing, values, requester), self.patience.change)
        except TimeoutError:
            return {"response_action": "errors", "errors": {names[0]: message("slack_click_again", requester.locale)}}
        except LiaisonError as error:
            return {"response_action": "errors", "errors": _errors(error, names, requester.locale)}
        await self._proposed(result, actor, approval)
        return _update(message("slack_form_proposed", requester.locale), requester)

    async def show(self, delivery: Delivery) -> None:
        """Show what was proposed anew to whoever edited it."""
        spot = Spot(**delivery.payload["spot"])
        requester = await self.approvals.requester(spot)
        approval = await self.approvals.book.get(str(delivery.payload["approval"]), requester=requester)
        await self.approvals.offer(approval, spot)

    async def _checked(
        self, approval: Approval, editing: Editing, values: Mapping[str, str], requester: Requester
    ) -> ToolResult:
        """The proposal of what was filled in. Raises LiaisonError, with every field that is wrong."""
        proposal = approval.proposal
        tool = self.tools[proposal.tool]
        try:
            inputs = tool.inputs.model_validate({**editing.fixed, **values})
        except ValidationError as error:
            raise invalid(error) from error
        said = tuple(str(value) for value in (*editing.fixed.values(), *values.values()))
        call = ToolCall(requester, proposal.thread, self.clock.now(), Words(said), requester.locale)
        return await tool.run(inputs, call)

    async def _proposed(self, result: ToolResult, actor: Actor, earlier: Approval) -> None:
        """Enter it in the place of the earlier one, and keep that it is to be shown where that one was."""
        if result.proposal is None:
            return
        approval = await self.approvals.desk.propose(result.proposal)
        shown = await self.approvals.chat.cards(earlier.id)
        spot = next((card.spot for card in shown if card.spot.user == actor.user), spot_of(actor))
        body = {"team_id": actor.installed, "approval": approval.id, "spot": asdict(spot)}
        await self.inbox.put([Arrival(key=f"changed:{approval.id}", kind=CHANGED, body=json.dumps(body))])


def _errors(error: LiaisonError, names: tuple[str, ...], language: str) -> dict[str, str]:
    """What is wrong, by the block that shows it; what is asked for nowhere is said of the first one."""
    problems = error.problems if isinstance(error, PrmError) else ()
    told: dict[str, str] = {}
    for problem in problems or (Problem("", "other", error.message),):
        place = BY_PLACE.get(problem.field, problem.field)
        told.setdefault(place if place in names else names[0], sentence(problem, language))
    return told


def _update(text: str, requester: Requester) -> Json:
    return {"response_action": "update", "view": told_view(text, requester.locale, title="slack_edit")}
