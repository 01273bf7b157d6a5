"""Closed deals of a partner that were like the one at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assistant.cosell.history import Need, PastDeal

MOST, FEWEST_SHARED = 3, 2


@dataclass(frozen=True, slots=True)
class LookAlike:
    """An earlier deal: what it shares with the one at hand ("product:keep"), and whether it was won."""

    id: str
    opened: date
    shared: tuple[str, ...]
    won: bool


def alike(need: Need, partner_id: str, past: Mapping[str, PastDeal]) -> tuple[LookAlike, ...]:
    """The partner's closed deals that share most with the need, the latest first among equals; at most three."""
    found = []
    for deal in past.values():
        if deal.won is None or partner_id not in deal.partners or deal.need.day >= need.day:
            continue
        shared = tuple(trait for trait in need.traits if trait in deal.need.traits)
        shared += (f"account:{need.account}",) if need.account and deal.need.account == need.account else ()
        if len(shared) >= FEWEST_SHARED:
            found.append(LookAlike(deal.id, deal.need.day, shared, deal.won))
    return tuple(sorted(found, key=lambda item: (-len(item.shared), -item.opened.toordinal(), item.id))[:MOST])
