"""Registering, changing and ending deals: one function per thing that can happen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, select

from assistant.deals.identity import identity_of
from assistant.deals.policy import decide
from assistant.deals.rules import RuleBook, RuleBooks
from assistant.domain.accounts import Account, Customer
from assistant.domain.cosell import InvitationState
from assistant.domain.deals import DealChange, DealDraft, DealRegistration, DealState
from assistant.domain.deals_check import Likeness, Verdict
from assistant.domain.deals_lifecycle import ENDS, PROGRESS, TERMINAL, DealEvent, advance, change
from assistant.domain.partners import Partner
from assistant.errors import InvalidRecord, Problem
from integrations.prm.register import schema
from integrations.prm.register.candidates import account_of, forget_keys, keep_keys
from integrations.prm.register.database import Unit
from integrations.prm.register.feed import tell
from integrations.prm.register.judgement import (
    Entry,
    gathered,
    note,
    partner_of,
    require_allowed,
    require_complete,
    require_unprotected,
)
from integrations.prm.register.kept import ACCOUNTS, DEALS

RULES = "rules"
_DEALS = schema.deals.c
_REFERENCE = select(_DEALS.id).where(
    _DEALS.tenant == bindparam("tenant"),
    _DEALS.partner_id == bindparam("partner"),
    _DEALS.partner_ref == bindparam("reference"),
)


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a deal: by whom and in which words."""

    event: DealEvent
    actor: str
    comment: str = ""


def new_id(kind: str) -> str:
    """An id that cannot be guessed."""
    return f"{kind}-{secrets.token_hex(8)}"


def register(unit: Unit, draft: DealDraft, partner: Partner, books: RuleBooks) -> DealRegistration:
    """A new deal, submitted, and approved at once when every rule passes."""
    require_complete(draft, unit)
    _require_new_reference(unit, draft, partner)
    book = books.on(unit.now.date())
    deal = DealRegistration(
        id=new_id("deal"),
        partner_id=partner.id,
        draft=draft,
        state=DealState.DRAFT,
        created_at=unit.now,
        updated_at=unit.now,
        account_id=_account_id(unit, draft.customer),
        rules=book.name,
    )
    return _added(unit, _submitted(unit, deal, partner, book))


def amend(unit: Unit, deal: DealRegistration, edit: DealChange, *, version: str, books: RuleBooks) -> DealRegistration:
    """The deal with some fields changed; submitted again when it waited for the partner, ended by its last stage."""
    return _amended(unit, change(deal, edit, now=unit.now), edit.names, version=version, book=_book(books, deal))


def rewrite(unit: Unit, deal: DealRegistration, draft: DealDraft, *, books: RuleBooks) -> DealRegistration:
    """The deal with another draft, for a wire whose own rules lock fields; all else as after a change."""
    names = frozenset(
        each.name for each in fields(draft) if getattr(draft, each.name) != getattr(deal.draft, each.name)
    )
    if "partner_ref" in names:
        _require_new_reference(unit, draft, partner_of(unit, deal))
    due = deal.protected_until if deal.state is DealState.ACTIVE and names & PROGRESS else deal.due_at
    changed = replace(deal, draft=draft, updated_at=unit.now, due_at=due)
    return _amended(unit, changed, names, version=deal.version, book=_book(books, deal))


def _amended(
    unit: Unit, deal: DealRegistration, names: frozenset[str], *, version: str, book: RuleBook
) -> DealRegistration:
    require_complete(deal.draft, unit, touched=names)
    changed = deal
    end = ENDS.get(deal.draft.stage) if "stage" in names and deal.state is DealState.ACTIVE else None
    if deal.state in {DealState.DRAFT, DealState.ACTION_REQUIRED}:
        changed = _submitted(unit, deal, partner_of(unit, deal), book)
    elif end is not None:
        changed = _advanced(unit, deal, Act(end, deal.partner_id), book)
    if "customer" in names:
        changed = replace(changed, account_id=_account_id(unit, deal.draft.customer))
    return _replaced(unit, changed, version=version, kind="deal.updated")


def move(unit: Unit, deal: DealRegistration, act: Act, *, version: str, books: RuleBooks) -> DealRegistration:
    """The deal after one event of its life."""
    moved = _advanced(unit, deal, act, _book(books, deal))
    return _replaced(unit, moved, version=version, kind=f"deal.{moved.state}")


def approve(
    unit: Unit, deal: DealRegistration, act: Act, *, version: str, books: RuleBooks, exception: str
) -> DealRegistration:
    """The deal approved and protected by a person. Raises PolicyRefused when another one was approved first."""
    book = _book(books, deal)
    facts = gathered(unit, deal.draft, partner_of(unit, deal), but=deal.id)
    if not exception:
        require_unprotected(facts.conflicts, book)
    approved = advance(
        deal, DealEvent.APPROVE, now=unit.now, periods=book.periods.periods, actor=act.actor, comment=act.comment
    )
    decision = decide(book, facts, now=unit.now)
    note(unit, deal, Entry("approve", act.actor, exception or act.comment, decision, facts))
    protected = _advanced(unit, approved, Act(DealEvent.PROTECT, act.actor), book)
    return _replaced(unit, protected, version=version, kind="deal.approved")


def _submitted(unit: Unit, deal: DealRegistration, partner: Partner, book: RuleBook) -> DealRegistration:
    facts = gathered(unit, deal.draft, partner, but=deal.id)
    decision = decide(book, facts, now=unit.now)
    require_allowed(decision)
    note(unit, deal, Entry("submit", partner.id, "", decision, facts))
    periods = book.periods.periods
    waiting = advance(deal, DealEvent.SUBMIT, now=unit.now, periods=periods, actor=partner.id)
    if decision.verdict is not Verdict.PASS:
        return waiting
    approved = advance(waiting, DealEvent.APPROVE, now=unit.now, periods=periods, actor=RULES)
    return _advanced(unit, approved, Act(DealEvent.PROTECT, RULES), book)


def _advanced(unit: Unit, deal: DealRegistration, act: Act, book: RuleBook) -> DealRegistration:
    periods = book.periods.periods
    moved = advance(deal, act.event, now=unit.now, periods=periods, actor=act.actor, comment=act.comment)
    note(unit, deal, Entry(act.event.value, act.actor, act.comment))
    return moved


def _book(books: RuleBooks, deal: DealRegistration) -> RuleBook:
    """The rules a deal was submitted under stay its rules."""
    return books.named(deal.rules)


def _require_new_reference(unit: Unit, draft: DealDraft, partner: Partner) -> None:
    known = unit.connection.scalar(
        _REFERENCE, {"tenant": unit.tenant, "partner": partner.id, "reference": draft.partner_ref}
    )
    if known:
        message = f"{draft.partner_ref!r} is your reference of deal {known}; use another one"
        raise InvalidRecord.of(Problem(field="partner_ref", code="duplicate_reference", message=message))


def _account_id(unit: Unit, customer: Customer) -> str:
    found = account_of(unit, customer)
    if found is not None and found[1].likeness is Likeness.CERTAIN:
        return found[0].id
    account = ACCOUNTS.add(unit, Account(id=new_id("account"), customer=customer))
    keep_keys(unit, schema.account_keys, [(_number(unit, ACCOUNTS.table, account.id), identity_of(customer))])
    return account.id


def _number(unit: Unit, table: Table, record_id: str) -> int:
    number: int = unit.connection.execute(_numbered(table), {"tenant": unit.tenant, "id": record_id}).scalar_one()
    return number


@cache
def _numbered(table: Table) -> Select[Any]:
    return select(table.c.no).where(table.c.tenant == bindparam("tenant"), table.c.id == bindparam("id"))


def _added(unit: Unit, deal: DealRegistration) -> DealRegistration:
    kept = DEALS.add(unit, deal)
    _index(unit, kept)
    tell(unit, "deal.registered", kept.id, version=kept.version, partners=[kept.partner_id])
    return kept


def _replaced(unit: Unit, deal: DealRegistration, *, version: str, kind: str) -> DealRegistration:
    kept = DEALS.put(unit, deal, version=version)
    _index(unit, kept)
    tell(unit, kind, kept.id, version=kept.version, partners=[kept.partner_id, *joined(unit, kept.id)])
    return kept


def _index(unit: Unit, deal: DealRegistration) -> None:
    number = _number(unit, DEALS.table, deal.id)
    forget_keys(unit, schema.deal_keys, number)
    if deal.state not in TERMINAL:
        keep_keys(unit, schema.deal_keys, [(number, identity_of(deal.draft.customer))])


def joined(unit: Unit, deal_id: str) -> list[str]:
    """The partners who accepted an invitation into a deal."""
    table = schema.invitations.c
    query = select(table.invitee).where(
        table.tenant == unit.tenant, table.deal_id == deal_id, table.state == InvitationState.ACCEPTED.value
    )
    return list(unit.connection.scalars(query))


def require_words(words: str) -> None:
    """Raises InvalidRecord unless there is a reason a person can read."""
    if not 1 <= len(words.strip()) <= 2000:
        message = "say why, in 1 to 2000 characters"
        raise InvalidRecord.of(Problem(field="reason", code="required", message=message))
