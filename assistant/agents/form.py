"""From the slots of a conversation to the inputs of a tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import regex

from assistant.agents.understanding.reading import Slot
from assistant.domain.accounts import US_STATES

DEAL_FIELDS = {
    "customer_name": "customer_name",
    "customer_country": "customer_country",
    "customer_city": "customer_city",
    "customer_domain": "customer_website",
    "industry": "customer_industry",
    "product": "product",
    "amount": "amount",
    "currency": "currency",
    "amount_period": "period",
    "close_date": "close_date",
    "contact_email": "contact_email",
    "contact_name": "contact_name",
    "contact_role": "contact_title",
    "problem": "problem",
    "stage": "stage",
    "competitor": "competitor",
}
FUND_FIELDS = {"fund_amount": "amount", "currency": "currency", "fund_activity": "activity", "event_date": "starts"}
CODES = {
    ("period", "one_time"): "once",
    ("stage", "lost"): "closed_lost",
    ("stage", "won"): "launched",
}
STATE = regex.compile("|".join(sorted((regex.escape(name) for name in US_STATES), key=len, reverse=True)))


def filled(slots: Sequence[Slot], names: dict[str, str]) -> dict[str, Any]:
    """The inputs that slots give a value for."""
    told = {names[slot.name]: slot.value for slot in slots if slot.name in names and slot.value}
    return {name: CODES.get((name, value), value) for name, value in told.items()}


def deal_inputs(slots: Sequence[Slot], said: str) -> dict[str, Any]:
    """The fields of a deal; `said` are the person's words, where a customer in the United States has its state."""
    told = filled(slots, DEAL_FIELDS)
    state = STATE.search(said) if told.get("customer_country") == "US" else None
    return {**told, "customer_state": state.group()} if state else told
