"""Who may work a deal at all, decided by rules before any score; every exclusion names its rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assistant.domain.deals import DealRegistration, DealState, product_key
from assistant.domain.partners import Certification, MembershipStatus, Partner

EXPIRED = "expired "  # before the day until which the latest certificate was valid
PROTECTED = frozenset({DealState.APPROVED, DealState.ACTIVE})


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rules hold besides membership, territory and conflict; `open_deals` of 0 means no limit."""

    certified: bool = True
    opted_in: bool = True
    open_deals: int = 0


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a partner cannot be recommended: the rule, and the value of the record that decided."""

    partner_id: str
    rule: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What eligibility depends on besides the partner. `protected` are registrations that are protected today."""

    day: date
    country: str
    product: str
    account_id: str
    present: frozenset[str]
    protected: tuple[DealRegistration, ...]


def exclusion(  # noqa: PLR0911 - one return for each rule, in their order
    partner: Partner, case: Circumstances, policy: Policy
) -> Exclusion | None:
    """The first rule that excludes a partner, certificates aside; None when it is eligible so far."""
    if partner.id in case.present:
        return Exclusion(partner.id, "on_deal")
    if partner.status is not MembershipStatus.ACTIVE:
        return Exclusion(partner.id, "membership", partner.status.value)
    if case.country and case.country not in partner.countries:
        return Exclusion(partner.id, "territory", ", ".join(sorted(partner.countries)))
    if policy.opted_in and not partner.listed:
        return Exclusion(partner.id, "opted_in")
    own = [deal for deal in case.protected if deal.partner_id == partner.id]
    rival = next((deal for deal in own if case.account_id and deal.account_id == case.account_id), None)
    if rival is not None:
        return Exclusion(partner.id, "own_registration", rival.id)
    if policy.open_deals and len(own) >= policy.open_deals:
        return Exclusion(partner.id, "capacity", str(len(own)))
    return None


def uncertified(
    partner_id: str, held: Iterable[Certification], case: Circumstances, policy: Policy
) -> Exclusion | None:
    """The exclusion of a partner without a certificate for the product that is valid on the day, if that is needed."""
    if not policy.certified or not case.product:
        return None
    wanted = product_key(case.product)
    certificates = [item for item in held if product_key(item.product) == wanted]
    if any(item.valid_on(case.day) for item in certificates):
        return None
    latest = max((item.expires for item in certificates), default=None)
    return Exclusion(partner_id, "certificate", f"{EXPIRED}{latest}" if latest else "")
