"""Gathers the facts of a registration, lets the rules decide, and keeps what was decided with those facts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter
from sqlalchemy import and_, bindparam, func, insert, select

from assistant.deals.conflicts import conflicts_with, disclosed
from assistant.deals.policy import Facts, decide
from assistant.deals.rules import RuleBook, RuleBooks
from assistant.domain.deals import DealDraft, DealRegistration
from assistant.domain.deals_check import Conflict, DealCheck, Decision, Verdict
from assistant.domain.deals_lifecycle import OPEN
from assistant.domain.deals_validation import problems_of, problems_touching
from assistant.domain.partners import Partner
from assistant.errors import InvalidRecord, PolicyRefused, Problem
from integrations.prm.register import schema
from integrations.prm.register.candidates import account_of, candidates
from integrations.prm.register.database import Unit, micros
from integrations.prm.register.kept import CERTIFICATIONS, PARTNERS, PROGRAMS, TERRITORIES

FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)
DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)
_DEALS = schema.deals.c
_MINE = and_(
    _DEALS.tenant == bindparam("tenant"),
    _DEALS.partner_id == bindparam("partner"),
    _DEALS.state.in_([state.value for state in sorted(OPEN)]),
)
_OPEN_DEALS = select(func.count()).select_from(schema.deals).where(_MINE)
_NOTE = insert(schema.decisions)
_OPEN_DEAL = select(_DEALS.no).where(_MINE, _DEALS.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the record of decisions: who did what, why, and what the rules said."""

    action: str
    actor: str
    comment: str = ""
    decision: Decision | None = None
    facts: Facts | None = None


def gathered(unit: Unit, draft: DealDraft, partner: Partner, *, but: str = "") -> Facts:
    """Everything the rules look at for this draft of this partner; the deal `but` is left out of account."""
    mine = CERTIFICATIONS.table.c.partner_id == partner.id
    found = account_of(unit, draft.customer)
    program = PROGRAMS.find(unit, partner.program_id)
    return Facts(
        draft=draft,
        partner=replace(partner, contacts=()),
        tiers=program.tiers if program else (),
        certifications=CERTIFICATIONS.all(unit, mine),
        territories=TERRITORIES.all(unit),
        conflicts=conflicts_with(draft, candidates(unit, draft, but=but), partner_id=partner.id),
        open_deals=_open_deals(unit, partner.id, but=but),
        named_account=found is not None and found[0].named,
        direct_contact=found[0].direct_contact if found else None,
    )


def _open_deals(unit: Unit, partner_id: str, *, but: str) -> int:
    """How many open deals a partner has, without the deal `but`; counted in the index alone."""
    values = {"tenant": unit.tenant, "partner": partner_id}
    count: int = unit.connection.execute(_OPEN_DEALS, values).scalar_one()
    itself = unit.connection.execute(_OPEN_DEAL, values | {"id": but}).first() if but else None
    return count - (itself is not None)


def checked(unit: Unit, draft: DealDraft, partner: Partner, books: RuleBooks) -> DealCheck:
    """What the partner may know about a draft before it registers it."""
    facts = gathered(unit, draft, partner)
    shown = replace(facts, conflicts=disclosed(facts.conflicts))
    decision = decide(books.on(unit.now.date()), shown, now=unit.now)
    return DealCheck(problems=problems_of(draft, today=unit.now.date()), conflicts=shown.conflicts, decision=decision)


def require_complete(draft: DealDraft, unit: Unit, *, touched: frozenset[str] | None = None) -> None:
    """Raises InvalidRecord with every problem; with `touched`, only those of the fields that were changed."""
    today = unit.now.date()
    problems = problems_of(draft, today=today) if touched is None else problems_touching(draft, touched, today=today)
    if problems:
        raise InvalidRecord.of(*problems)


def require_allowed(decision: Decision) -> None:
    """Raises PolicyRefused, naming each rule that refuses or asks."""
    against = [finding for finding in decision.reasons if finding.verdict in {Verdict.REFUSE, Verdict.ASK}]
    if against:
        problems = tuple(Problem(field=item.field, code=item.rule, message=item.message) for item in against)
        reasons = "; ".join(f"{item.message} (rule {item.rule}, {decision.rules})" for item in against)
        raise PolicyRefused(reasons, problems=problems)


def require_unprotected(conflicts: tuple[Conflict, ...], book: RuleBook) -> None:
    """First approved wins: raises PolicyRefused when the customer is protected for the same product already."""
    for rule in book.rules:
        if rule.kind == "conflict" and rule.protected:
            taken = [item for item in conflicts if item.protected and item.likeness in rule.likeness]
            if any(item.same_product or not rule.same_product for item in taken):
                message = f"This customer is protected already (rule {rule.id}, {book.name})."
                problem = Problem(field="customer", code=rule.id, message=message)
                hint = "Approve it with an exception if the customer chose in writing."
                raise PolicyRefused(message, problems=(problem,), hint=hint)


def note(unit: Unit, deal: DealRegistration, entry: Entry) -> None:
    """Add a line to the record of decisions."""
    decision = entry.decision
    row = {
        "tenant": unit.tenant,
        "deal_id": deal.id,
        "at": micros(unit.now),
        "actor": entry.actor,
        "action": entry.action,
        "comment": entry.comment,
        "rules": decision.rules if decision else "",
        "verdict": decision.verdict.value if decision else "",
        "facts": FACTS.dump_json(entry.facts).decode() if entry.facts else "",
        "decision": DECISION.dump_json(decision).decode() if decision else "",
    }
    unit.connection.execute(_NOTE, row)


def decisions_of(unit: Unit, deal_id: str) -> tuple[tuple[Decision, Facts], ...]:
    """Every decision of the rules on a deal with its facts, oldest first."""
    table = schema.decisions
    query = select(table).where(table.c.tenant == unit.tenant, table.c.deal_id == deal_id, table.c.decision != "")
    rows = unit.connection.execute(query.order_by(table.c.no))
    return tuple((DECISION.validate_json(row.decision), FACTS.validate_json(row.facts)) for row in rows)


def partner_of(unit: Unit, deal: DealRegistration) -> Partner:
    """The partner that owns a deal."""
    return PARTNERS.get(unit, deal.partner_id)
