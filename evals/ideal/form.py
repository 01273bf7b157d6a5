"""Which field of which tool holds which value of a conversation: one table, to write a call and to read a deed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assistant.agents.form import CODES, DEAL_FIELDS
from assistant.agents.understanding.reading import Intent
from assistant.tools.deal_form import PLACES

OF_DEAL = MappingProxyType(DEAL_FIELDS)
# The tool for an intent, and the field for each slot; "deal" is looked up in the PRM and not by its words.
FORMS: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {
        Intent.REGISTER_DEAL: ("register_deal", {**OF_DEAL, "partner_name": "partner"}),
        Intent.CHECK_DEAL: ("check_deal", OF_DEAL),
        Intent.UPDATE_DEAL: ("update_deal", {**OF_DEAL, "reason": "comments", "new_value": ""}),
        Intent.WITHDRAW_DEAL: ("withdraw_deal", {"reason": "reason"}),
        Intent.EXTEND_DEAL: ("extend_deal", {"reason": "evidence", "close_date": "until"}),
        Intent.DEAL_STATUS: ("list_deals", {"partner_name": "partner", "stage": "stage"}),
        Intent.RECOMMEND_COSELL: (
            "recommend_partners",
            {"needed_capability": "capability", "region": "region", "industry": "industry", "product": "product"},
        ),
        Intent.INVITE_COSELL: ("invite_partner", {"partner_names": "partner"}),
        Intent.RESPOND_COSELL: ("answer_invitation", {"reason": "reason"}),
        Intent.FUND_REQUEST: (
            "request_funds",
            {"fund_amount": "amount", "currency": "currency", "fund_activity": "activity", "event_date": "starts"},
        ),
        Intent.FUND_BALANCE: ("fund_balance", {"partner_name": "partner"}),
        Intent.CERTIFICATIONS: ("certifications", {"partner_name": "partner", "certification": "certification"}),
        Intent.TIER_PROGRESS: ("tier_progress", {"partner_name": "partner", "tier": "tier"}),
        Intent.LEARNING_PATH: (
            "learning_path",
            {"product": "product", "certification": "certification", "audience": "audience"},
        ),
        Intent.DRAFT_CAMPAIGN: (
            "draft_campaign",
            {"product": "product", "channels": "channels", "locales": "locales", "audience": "audience"},
        ),
        Intent.FEEDBACK: ("record_feedback", {}),
        Intent.ESCALATE: ("escalate", {}),
        Intent.APPROVE: ("approve_review", {}),
        Intent.REJECT: ("reject_review", {"reason": "reason"}),
        Intent.ASK_CONTENT: ("search_content", {}),
    }
)
INTENTS = {tool: Intent(intent) for intent, (tool, _) in FORMS.items()} | {"deal_status": Intent.DEAL_STATUS}
ABOUT_A_DEAL = frozenset(
    {
        *("update_deal", "withdraw_deal", "extend_deal", "deal_status", "invite_partner", "answer_invitation"),
        *("approve_review", "reject_review"),
    }
)
# Where the payload of a proposal keeps what a field of its tool said.
STORED = {
    "request_funds": {"amount.amount": "amount", "amount.currency": "currency"},
    "answer_invitation": {},
}
DEAL_PLACES = {place: field for field, place in PLACES.items()}
WRITTEN = {(slot, code): said for (slot, said), code in CODES.items()}


def slot_of(tool: str, field: str) -> str:
    """The slot that a field of a tool holds; the field's own name where no conversation speaks of it."""
    if field in {"deal", "invitation"}:
        return "deal_id"
    _, names = FORMS[INTENTS[tool]]
    return next((slot for slot, name in names.items() if name == field), field)


def said_as(field: str, value: str) -> str:
    """The value as conversations have it: "one_time" for what the form calls "once"."""
    return WRITTEN.get((field, value), value)
