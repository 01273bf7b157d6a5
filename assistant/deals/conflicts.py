"""Which other registrations mean the same customer as a draft, and what the requester may know about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.deals.identity import Identity, identity_of
from assistant.deals.matching import match
from assistant.domain.deals import DealDraft, DealState, product_key
from assistant.domain.deals_check import Conflict, Likeness
from assistant.domain.deals_lifecycle import PROTECTED

RANK = {likeness: place for place, likeness in enumerate(Likeness)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another registration that one of the draft's keys leads to."""

    deal_id: str
    partner_id: str
    state: DealState
    product: str
    identity: Identity


def conflicts_with(draft: DealDraft, candidates: Iterable[Candidate], *, partner_id: str) -> tuple[Conflict, ...]:
    """The candidates that mean the same customer: the surest, then protected, then same product first."""
    mine = identity_of(draft.customer)
    found = []
    for candidate in candidates:
        hit = match(mine, candidate.identity)
        if hit is not None:
            conflict = Conflict(
                likeness=hit.likeness,
                evidence=hit.evidence,
                same_product=product_key(candidate.product) == product_key(draft.product),
                protected=candidate.state in PROTECTED,
                own=candidate.partner_id == partner_id,
                deal_id=candidate.deal_id,
            )
            found.append(conflict)
    return tuple(sorted(found, key=_order))


def _order(conflict: Conflict) -> tuple[int, bool, bool, str]:
    return RANK[conflict.likeness], not conflict.protected, not conflict.same_product, conflict.deal_id


def disclosed(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """What the registering partner may see: its own with their ids; of all others together one line per likeness.

    Others that still wait for a decision are not shown, and several protected ones look like one.
    """
    own: list[Conflict] = []
    others: dict[tuple[Likeness, bool], Conflict] = {}
    for conflict in conflicts:
        if conflict.own:
            own.append(conflict)
        elif conflict.protected:
            others.setdefault((conflict.likeness, conflict.same_product), replace(conflict, deal_id=""))
    return (*own, *others.values())
