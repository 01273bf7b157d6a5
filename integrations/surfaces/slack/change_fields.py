"""What can be edited of a proposed change: its fields as they are asked for, and what the rest of it stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assistant.domain.approvals import Argument, Proposal
from assistant.tools.deal_form import PLACES, DealFields
from assistant.tools.writes import (
    AnswerInvitation,
    ExtendDeal,
    InvitePartner,
    RejectReview,
    RequestFunds,
    UpdateDeal,
    WithdrawDeal,
    command_of,
)
from integrations.surfaces.slack.form_fields import BY_NAME, FIELDS, Asked

REGISTRATION = "register_deal"  # has a form of its own
REASON = Asked("reason", longest=80, multiline=True)
EDITED: Mapping[str, tuple[Asked, ...]] = {
    "withdraw_deal": (replace(REASON, longest=500),),
    "extend_deal": (
        Asked("evidence", longest=1000, multiline=True),
        Asked("until", kind="datepicker", required=False),
    ),
    "request_funds": (
        Asked("activity", longest=255),
        Asked("amount", kind="number_input"),
        Asked("currency", kind="static_select"),
        Asked("starts", kind="datepicker"),
        Asked("ends", kind="datepicker"),
        Asked("outcome", longest=255, multiline=True),
    ),
    "invite_partner": (Asked("message", longest=255, multiline=True),),
    "answer_invitation": (REASON,),
    "reject_review": (replace(REASON, longest=500),),
}
BY_PATH = {path: name for name, path in PLACES.items()} | {"contact.first_name": "", "contact.last_name": ""}


@dataclass(frozen=True, slots=True)
class Editing:
    """A change on its way to be edited: its fields, what stands in them, and the inputs that stay as they are."""

    fields: tuple[Asked, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str | bool] = field(default_factory=dict)


def editable(proposal: Proposal) -> bool:
    """Whether there is a form to change what is proposed."""
    return proposal.tool == REGISTRATION or editing_of(proposal) is not None


def editing_of(proposal: Proposal) -> Editing | None:
    """What can be edited of a proposal; None when that is nothing, or a deal's registration."""
    made = _parts(proposal)
    if made is None or not made.fields:
        return None
    asked = {each.name for each in made.fields}
    kept = {name: value for name, value in made.fixed.items() if name not in asked and value != ""}
    return replace(made, fixed=kept)


def _parts(proposal: Proposal) -> Editing | None:
    command, fields = command_of(proposal.tool, proposal.payload), EDITED.get(proposal.tool, ())
    made: Editing | None = None
    match command:
        case UpdateDeal(deal_id, _):
            made = _update(deal_id, proposal.arguments)
        case WithdrawDeal(deal_id, reason):
            made = Editing(fields, {"reason": reason}, {"deal": deal_id})
        case ExtendDeal(deal_id, evidence, until):
            made = Editing(fields, {"evidence": evidence, "until": f"{until or ''}"}, {"deal": deal_id})
        case RequestFunds(draft):
            told = {"activity": draft.activity, "outcome": draft.outcome, "currency": draft.amount.currency}
            days = {"starts": draft.starts.isoformat(), "ends": draft.ends.isoformat()}
            fixed = {"allocation": draft.allocation_id, "deal": draft.deal_id}
            made = Editing(fields, {**told, **days, "amount": f"{draft.amount.amount:f}"}, fixed)
        case InvitePartner(draft):
            who = {"deal": draft.deal_id, "partner": draft.invitee, "role": draft.role.value}
            made = Editing(fields, {"message": draft.message}, who)
        case AnswerInvitation(invitation_id, False, reason):
            made = Editing(fields, {"reason": reason}, {"invitation": invitation_id, "accept": False})
        case RejectReview(deal_id, reason):
            made = Editing(fields, {"reason": reason}, {"deal": deal_id})
    return made


def _update(deal_id: str, arguments: tuple[Argument, ...]) -> Editing | None:
    """The fields that change; those that the form does not ask for stay. None when something has no input at all."""
    changed = {each.name: each.value for each in arguments if each.name != "deal_id" and each.before != each.value}
    told: dict[str, str] = {}
    for path, value in changed.items():
        name = BY_PATH.get(path, path)
        if name:
            told[name] = value
    names = [changed[path] for path in ("contact.first_name", "contact.last_name") if changed.get(path)]
    told |= {"contact_name": " ".join(names)} if names else {}
    if told.keys() - DealFields.model_fields.keys():
        return None
    fields = tuple(replace(each, required=False) for each in FIELDS if each.name in told)
    values = {name: value for name, value in told.items() if name in BY_NAME}
    return Editing(fields, values, {"deal": deal_id, **told})
