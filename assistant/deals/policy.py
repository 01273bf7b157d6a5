"""What the rules of engagement say about a registration: pure functions of facts and the clock of the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assistant.deals import rules
from assistant.deals.identity import identity_of
from assistant.domain.deals import DealDraft, product_key
from assistant.domain.deals_check import Conflict, Decision, Finding, Likeness, Verdict
from assistant.domain.partners import Certification, Partner, Territory, Tier, territory_of


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision rests on; kept with the decision so that it can be made again.

    `tiers` are those of the partner's programme; `open_deals` counts its open registrations without this one;
    `direct_contact` is the last time the vendor's own sales talked with the customer.
    """

    draft: DealDraft
    partner: Partner
    tiers: tuple[Tier, ...]
    certifications: tuple[Certification, ...] = ()
    territories: tuple[Territory, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    open_deals: int = 0
    named_account: bool = False
    direct_contact: datetime | None = None


def decide(book: rules.RuleBook, facts: Facts, *, now: datetime) -> Decision:
    """What the whole book says: the heaviest verdict of its rules, with the finding of each."""
    findings = tuple(_finding(rule, facts, now) for rule in book.rules)
    verdict = max((finding.verdict for finding in findings), key=lambda verdict: verdict.weight, default=Verdict.PASS)
    return Decision(verdict=verdict, findings=findings, rules=book.name, decided_at=now)


def _finding(rule: Any, facts: Facts, now: datetime) -> Finding:  # noqa: ANN401 - each row of RULES knows its own rule
    field, complaint = RULES[rule.kind](rule, facts, now)
    return Finding(rule=rule.id, verdict=rule.verdict if complaint else Verdict.PASS, message=complaint, field=field)


Complaint = tuple[str, str]


def _membership(rule: rules.Membership, facts: Facts, _now: datetime) -> Complaint:
    ranks = {tier.name: tier.rank for tier in facts.tiers}
    if facts.partner.status not in rule.statuses:
        return "partner", f"your membership is {facts.partner.status}; it must be {' or '.join(rule.statuses)}"
    if ranks.get(facts.partner.tier, 0) < ranks.get(rule.minimum_tier, 0):
        return "partner", f"the tier {rule.minimum_tier} or higher is needed; yours is {facts.partner.tier}"
    return "partner", ""


def _sales_country(_rule: rules.SalesCountry, facts: Facts, _now: datetime) -> Complaint:
    country = facts.draft.customer.country
    allowed = ", ".join(sorted(facts.partner.countries))
    return "customer.country", "" if country in facts.partner.countries else f"{country} is outside yours: {allowed}"


def _currency(rule: rules.Currency, facts: Facts, _now: datetime) -> Complaint:
    currency = facts.draft.value.currency
    accepted = ", ".join(rule.currencies)
    return "value.currency", "" if currency in rule.currencies else f"{currency} is not accepted; use one of {accepted}"


def _minimum_value(rule: rules.MinimumValue, facts: Facts, _now: datetime) -> Complaint:
    value = facts.draft.value
    least = rule.amounts.get(value.currency)
    return "value.amount", f"{value} is below the minimum of {least:,}" if least and value.amount < least else ""


def _above_value(rule: rules.AboveValue, facts: Facts, _now: datetime) -> Complaint:
    value = facts.draft.value
    most = rule.amounts.get(value.currency)
    return "value.amount", f"{value} is above {most:,}; a person decides" if most and value.amount > most else ""


def _source(rule: rules.Source, facts: Facts, _now: datetime) -> Complaint:
    source = facts.draft.source
    return "source", f"deals from a {source} cannot be registered" if source in rule.sources else ""


def _named_account(_rule: rules.NamedAccount, facts: Facts, _now: datetime) -> Complaint:
    return "customer", "this customer is not open for registration" if facts.named_account else ""


def _direct_engagement(rule: rules.DirectEngagement, facts: Facts, now: datetime) -> Complaint:
    recent = facts.direct_contact is not None and now - facts.direct_contact <= timedelta(days=rule.days)
    return "customer", "there is an existing engagement with this customer" if recent else ""


def _conflict(rule: rules.ConflictRule, facts: Facts, _now: datetime) -> Complaint:
    for conflict in facts.conflicts:
        alike = conflict.likeness in rule.likeness
        product = conflict.same_product or not rule.same_product
        if alike and product and (conflict.protected or not rule.protected):
            return "customer", _about(conflict, rule)
    return "customer", ""


def _about(conflict: Conflict, rule: rules.ConflictRule) -> str:
    """A registration of somebody else that still waits is not the partner's business; what is protected is."""
    if conflict.own:
        return f"you registered this customer already: {conflict.deal_id or 'see your deals'}"
    if rule.verdict is Verdict.REFUSE or (conflict.likeness is Likeness.CERTAIN and conflict.protected):
        return "there is an existing engagement with this customer"
    return "a person checks who this customer is"


def _identified(_rule: rules.Identified, facts: Facts, _now: datetime) -> Complaint:
    identity = identity_of(facts.draft.customer)
    known = identity.domain or identity.duns or identity.vendor_account_id
    return "customer.website", "" if known else "add the customer's website, DUNS number or vendor account id"


def _certification(rule: rules.CertificationRule, facts: Facts, now: datetime) -> Complaint:
    wanted = product_key(facts.draft.product)
    needed = next((name for product, name in rule.products.items() if product_key(product) == wanted), None)
    held = {item.name for item in facts.certifications if item.valid_on(now.date())}
    return "product", f"{facts.draft.product} needs a valid {needed}" if needed and needed not in held else ""


def _certified_level(rule: rules.CertifiedLevel, facts: Facts, now: datetime) -> Complaint:
    valid = {(item.level, product_key(item.product)) for item in facts.certifications if item.valid_on(now.date())}
    held = (rule.level, product_key(facts.draft.product)) in valid
    return "product", "" if held else (
        f"nobody at your company holds a valid {rule.level} certificate for the product {facts.draft.product!r}"
    )


def _capacity(_rule: rules.Capacity, facts: Facts, _now: datetime) -> Complaint:
    most = {tier.name: tier.open_deals for tier in facts.tiers}.get(facts.partner.tier, 0)
    full = f"you have {facts.open_deals} open registrations; your tier allows {most}"
    return "partner", full if most and facts.open_deals >= most else ""


def _close_window(rule: rules.CloseWindow, facts: Facts, now: datetime) -> Complaint:
    latest = now.date() + timedelta(days=rule.days)
    late = facts.draft.target_close > latest
    return "target_close", f"{facts.draft.target_close} is after {latest}, the latest day" if late else ""


def _territory(_rule: rules.TerritoryRule, facts: Facts, _now: datetime) -> Complaint:
    place = territory_of(facts.territories, market=facts.draft.customer.country, solution=facts.draft.product)
    closed = place is not None and place.partner_ids and facts.partner.id not in place.partner_ids
    return "customer.country", "another team looks after this territory; a person decides" if closed else ""


def _partner_count(rule: rules.PartnerCount, facts: Facts, _now: datetime) -> Complaint:
    count = facts.draft.partner_count
    return "partner_count", f"{count} partners take part; a person decides" if count > rule.most else ""


def _consumption(_rule: rules.Consumption, facts: Facts, _now: datetime) -> Complaint:
    return "consumption", "the value depends on use; a person decides" if facts.draft.consumption else ""


RULES: dict[str, Callable[[Any, Facts, datetime], Complaint]] = {
    "membership": _membership,
    "sales_country": _sales_country,
    "currency": _currency,
    "minimum_value": _minimum_value,
    "above_value": _above_value,
    "source": _source,
    "named_account": _named_account,
    "direct_engagement": _direct_engagement,
    "conflict": _conflict,
    "identified": _identified,
    "certification": _certification,
    "certified_level": _certified_level,
    "capacity": _capacity,
    "close_window": _close_window,
    "territory": _territory,
    "partner_count": _partner_count,
    "consumption": _consumption,
}
