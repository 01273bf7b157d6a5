"""How the PRM in memory lets the rules of engagement decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from assistant.deals.conflicts import Candidate, conflicts_with
from assistant.deals.identity import identity_of
from assistant.deals.policy import Facts, decide
from assistant.deals.rules import RuleBook
from assistant.domain.deals import DealChange, DealDraft, DealRegistration, DealState
from assistant.domain.deals_check import Verdict
from assistant.domain.deals_lifecycle import ENDS, DealEvent, advance
from assistant.domain.partners import Partner
from assistant.domain.people import Requester
from assistant.errors import PolicyRefused, Problem
from assistant.ports.prm import PartnerQuery
from assistant.ports.prm_archive import Archive
from assistant.testing.prm_together import is_staff


def partners_matching(partners: Sequence[Partner], query: PartnerQuery, requester: Requester) -> list[Partner]:
    """Partners by display name as the requester may see them."""
    staff, text = is_staff(requester), query.text.casefold()
    return [
        item if staff or item.id == requester.partner_id else item.profile
        for item in sorted(partners, key=lambda item: (item.display_name.casefold(), item.id))
        if text in item.display_name.casefold()
        and query.country in {"", item.country}
        and query.tier in {"", item.tier}
        and (staff or item.listed or item.id == requester.partner_id)
    ]


def won_since(moment: datetime, deals: Iterable[DealRegistration], partner_id: str) -> list[DealRegistration]:
    """The partner's deals that were won after this moment."""
    won = (deal for deal in deals if deal.state is DealState.WON and deal.partner_id == partner_id)
    return [deal for deal in won if deal.updated_at >= moment]


def facts_of(archive: Archive, others: Sequence[DealRegistration], *, draft: DealDraft, partner: Partner) -> Facts:
    """What the rules look at; `others` are the open registrations beside this one."""
    found = (
        Candidate(deal.id, deal.partner_id, deal.state, deal.draft.product, identity_of(deal.draft.customer))
        for deal in others
    )
    domain = identity_of(draft.customer).domain
    known = (item for item in archive.accounts if domain and domain == identity_of(item.customer).domain)
    account = next(known, None)
    return Facts(
        draft=draft,
        partner=partner,
        tiers=next((item.tiers for item in archive.programs if item.id == partner.program_id), ()),
        certifications=tuple(item for item in archive.certifications if item.partner_id == partner.id),
        territories=archive.territories,
        conflicts=conflicts_with(draft, found, partner_id=partner.id),
        open_deals=sum(deal.partner_id == partner.id for deal in others),
        named_account=account is not None and account.named,
        direct_contact=account.direct_contact if account else None,
    )


def submitted(deal: DealRegistration, facts: Facts, *, book: RuleBook, now: datetime) -> DealRegistration:
    """The deal submitted, and protected at once when every rule passes. Raises PolicyRefused."""
    decision = decide(book, facts, now=now)
    against = [item for item in decision.reasons if item.verdict in {Verdict.ASK, Verdict.REFUSE}]
    if against:
        problems = tuple(Problem(field=item.field, code=item.rule, message=item.message) for item in against)
        raise PolicyRefused("; ".join(item.message for item in against), problems=problems)
    events = [DealEvent.SUBMIT]
    events += [DealEvent.APPROVE, DealEvent.PROTECT] if decision.verdict is Verdict.PASS else []
    for event in events:
        deal = advance(deal, event, now=now, periods=book.periods.periods, actor="rules")
    return deal


def ended(deal: DealRegistration, edit: DealChange, *, book: RuleBook, now: datetime) -> DealRegistration:
    """The deal won or lost when it is active and the edit set its last stage."""
    if "stage" not in edit.names or deal.draft.stage not in ENDS or deal.state is not DealState.ACTIVE:
        return deal
    return advance(deal, ENDS[deal.draft.stage], now=now, periods=book.periods.periods, actor=deal.partner_id)
