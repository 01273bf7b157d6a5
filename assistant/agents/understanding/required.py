"""What must be known before a request can be acted on."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.agents.understanding.entities import Marked
from assistant.agents.understanding.reading import Intent, Slot
from assistant.domain.people import Role

REGISTRATION = (
    "customer_name", "customer_country", "product", "amount", "currency", "close_date", "contact_email", "problem",
)  # fmt: skip
NEW_VALUES = frozenset({
    "amount", "currency", "close_date", "stage", "product", "competitor", "contact_email", "contact_name", "problem",
    "customer_country", "customer_city", "amount_period", "contact_role", "customer_domain",
})  # fmt: skip
ABOUT_A_DEAL = {
    Intent.UPDATE_DEAL, Intent.WITHDRAW_DEAL, Intent.EXTEND_DEAL, Intent.INVITE_COSELL, Intent.RESPOND_COSELL,
}  # fmt: skip
PLAIN: dict[Intent, tuple[str, ...]] = {
    Intent.REGISTER_DEAL: REGISTRATION,
    Intent.EXTEND_DEAL: ("close_date",),
    Intent.INVITE_COSELL: ("partner_names",),
    Intent.FUND_REQUEST: ("fund_activity", "fund_amount", "currency", "event_date"),
    Intent.DRAFT_CAMPAIGN: ("product", "channels"),
}
OF_A_PARTNER = {Intent.TIER_PROGRESS, Intent.CERTIFICATIONS, Intent.FUND_BALANCE}


def missing_slots(intent: Intent, slots: Sequence[Slot], role: Role, *, asked: Marked | None = None) -> tuple[str, ...]:
    """The slots to ask for, in the order of the form. `asked` is the assistant's message just before."""
    have = {slot.name for slot in slots}
    needed = [name for name in PLAIN.get(intent, ()) if name not in have]
    if intent in ABOUT_A_DEAL and not _deal_known(intent, have, asked):
        needed.insert(0, "deal_id")
    if intent is Intent.UPDATE_DEAL and not have & NEW_VALUES:
        needed.append("new_value")
    if intent is Intent.RECOMMEND_COSELL and "deal_id" not in have:
        needed += [name for name in ("needed_capability", "region") if name not in have]
    if intent in OF_A_PARTNER and role is not Role.PARTNER and "partner_name" not in have:
        needed.append("partner_name")
    if intent is Intent.APPROVE and "deal_id" not in have and asked and len({e.value for e in asked.of("deal_id")}) > 1:
        needed.append("deal_id")
    return tuple(needed)


def _deal_known(intent: Intent, have: set[str], asked: Marked | None) -> bool:
    names = {"deal_id", "customer_name"} | ({"partner_name"} if intent is Intent.RESPOND_COSELL else set())
    return bool(have & names) or (asked is not None and bool(asked.of("deal_id")))
