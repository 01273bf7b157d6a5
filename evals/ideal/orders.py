"""What an ideal model wants to be done for a conversation: the gold of the case as calls of tools."""

from __future__ import annotations

import regex

from assistant.agents.form import CODES, STATE
from assistant.agents.understanding.reading import Intent
from assistant.domain.people import Role
from evals.ideal.form import FORMS
from evals.ideal.model import order
from evals.red_team.malicious_model import Planned
from evals.turns import DealLine, TurnLine, Value

DECIDED = {Intent.APPROVE, Intent.REJECT}
BY_RULES = {Intent.CANCEL, Intent.OUT_OF_SCOPE}
ABOUT_A_DEAL = {Intent.UPDATE_DEAL, Intent.WITHDRAW_DEAL, Intent.EXTEND_DEAL, *DECIDED}
DIGITS = regex.compile(r"\d{4}-\d\d-\d\d")


def orders_of(line: TurnLine) -> tuple[Planned, ...]:
    """The calls for what the last message wants, in order; none where no tool is wanted."""
    intent = Intent(line.intent)
    if intent in BY_RULES or (intent in DECIDED and not by_manager(line)):  # partners decide by the rules of a yes
        return ()
    if intent is Intent.INVITE_COSELL:
        return tuple(order("invite_partner", {"deal": _deal(line), "partner": name}) for name in partners(line))
    if intent is Intent.DEAL_STATUS and _deal(line):
        return (order("deal_status", {"deal": _deal(line)}),)
    return tuple(_order(intent, deal, line) for deal in (line, *line.more_deals))


def partners(line: TurnLine) -> tuple[str, ...]:
    """The partners that a conversation names as values."""
    found = [line.slots.get("partner_names", []), line.slots.get("partner_name", [])]
    return tuple(name for value in found for name in (value if isinstance(value, list) else [str(value)]))


def _order(intent: Intent, deal: DealLine, line: TurnLine) -> Planned:
    tool, names = FORMS[intent]
    told: dict[str, object] = {
        field: _code(field, deal.slots[slot]) for slot, field in names.items() if field and slot in deal.slots
    }
    said = "\n".join(message.text for message in line.messages)
    if intent in ABOUT_A_DEAL:
        told |= {"deal": _deal(line), "customer_name": ""}
    if told.get("customer_country") == "US" and (state := STATE.search(said)):
        told["customer_state"] = state.group()
    fixed: dict[Intent, dict[str, object]] = {
        Intent.RESPOND_COSELL: {"accept": "reason" not in line.slots},
        Intent.FEEDBACK: {"rating": "good"},
        Intent.LEARNING_PATH: {"goal": line.messages[-1].text},
        Intent.ASK_CONTENT: {"question": line.messages[-1].text},
    }
    return order(tool, told | fixed.get(intent, {}))


def _code(field: str, value: Value) -> object:
    return CODES.get((field, value), value) if isinstance(value, str) else value


def _deal(line: TurnLine) -> str:
    return str(line.slots.get("deal_id") or line.slots.get("customer_name") or "")


def by_manager(line: TurnLine) -> bool:
    """Whether one of the vendor's people speaks."""
    return line.role is not Role.PARTNER
