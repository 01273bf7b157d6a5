"""What the agent says by rule, in the person's language: cards, questions, and what became of proposals."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.agents.artifact import Artifact
from assistant.domain.approvals import ApprovalState
from assistant.tools.complaints import complaint
from assistant.tools.deal_form import PLACES
from assistant.tools.labels import label
from assistant.tools.tool import Card
from prompts.messages import keys, message

SLOT_LABELS = {
    "deal_id", "new_value", "reason", "partner_names", "partner_name", "fund_activity", "fund_amount", "event_date",
    "channels", "needed_capability", "region", "outcome", "contact_email", "problem", "close_date",
}  # fmt: skip
DECISIONS = frozenset({"approve_review", "reject_review"})  # whose refusal leaves the registration waiting
INVITATIONS = frozenset({"invite_partner", "answer_invitation"})  # whose record is an invitation
MEANT = {"customer": "customer.name", "deal": "deal_id", "partner": "partner_id"}  # fields by the record they name


def card_text(card: Card) -> str:
    """A card as text: what others wrote stands in quotation marks."""
    lines = [card.title]
    for row in card.rows:
        value = f"“{row.value}”" if row.foreign else row.value
        lines.append(f"- {row.label}: {value}" if row.label else f"- {value}")
    return "\n".join([*lines, *card.notes])


def proposal_text(artifact: Artifact, language: str) -> str:
    """A proposal with the question that decides it."""
    return f"{shown_text(artifact)}\n\n{message('agent_asks_approval', language)}"


def shown_text(artifact: Artifact) -> str:
    """A proposal without the question."""
    return card_text(artifact.card) if artifact.card else artifact.tool


def outcome_text(artifact: Artifact, language: str) -> str:
    """What became of a proposal, by the book of approvals."""
    key = f"agent_{artifact.state}"
    if artifact.state in {ApprovalState.PENDING.value, ApprovalState.APPROVED.value}:
        key = "agent_pending"
    if artifact.state == ApprovalState.SENDING.value:
        key = "agent_unknown"
    if artifact.state == ApprovalState.REJECTED.value and artifact.tool in DECISIONS:
        return message("agent_undecided", language)
    if artifact.state == ApprovalState.REJECTED.value and artifact.reason:
        return message("agent_rejected_because", language, reason=artifact.reason)
    told = message(key, language, outcome=_record(artifact, language))
    done = artifact.reviewed and artifact.state == ApprovalState.DONE.value
    return f"{told} {message('agent_review_follows', language)}" if done else told


def _record(artifact: Artifact, language: str) -> str:
    """The record that was written and its state, or why it was not, in the person's words where there are some."""
    record, _, state = artifact.outcome.rpartition(" ")
    kinds = ("invitation", "state") if artifact.tool in INVITATIONS else ("state", "invitation")
    known = next((key for kind in kinds if (key := f"{kind}_{state}") in keys(key)), "")
    return f"{record} – {message(known, language)}" if known else complaint(artifact.outcome, language)


def question(slots: Sequence[str], language: str) -> str:
    """One question for everything that is missing."""
    names = list(dict.fromkeys(slot_name(slot, language) for slot in slots))
    return message("agent_asks", language, fields="; ".join(names))


def slot_name(slot: str, language: str) -> str:
    """What people call a slot."""
    if slot in SLOT_LABELS:
        return message(f"agent_slot_{slot}", language)
    return label(PLACES.get(slot, slot), language)


def refusal_text(told: str, language: str) -> str:
    """Why a tool did not do it, field by field, in the person's language as far as what it says was translated."""
    first, *rest = [line for line in told.splitlines() if not line.startswith("Next: ")] or [""]
    lines = [_problem_text(line.removeprefix("- "), language) for line in rest]
    lines = lines or [complaint(first.split(": ", 1)[-1], language)]
    return "\n".join([message("agent_refused", language), *lines])


def _problem_text(line: str, language: str) -> str:
    """A problem with the name that people have for its field."""
    field, _, told = line.partition(": ")
    place = MEANT.get(field) or PLACES.get(field, field)
    name, said = label(place, language), complaint(told, language)
    return said if name == place else f"{name}: {said}"
