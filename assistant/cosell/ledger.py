"""Who joined which deals, counted strictly before a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assistant.cosell.history import Need, PastDeal

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
MOST_ROUNDS = 3


class TimeTravel(ValueError):
    """A deal was asked about or recorded with knowledge of its own day or later: a bug in the caller."""


class Events:
    """Which partner joined on which day, in order; grows at the end."""

    __slots__ = ("_days", "_partners", "size")

    def __init__(self) -> None:
        self._partners = np.empty(4, dtype=np.int32)
        self._days = np.empty(4, dtype=np.int32)
        self.size = 0

    def add(self, partner: int, day: int) -> None:
        """Remember one more."""
        if self.size == self._partners.size:
            self._partners = np.resize(self._partners, 2 * self.size)
            self._days = np.resize(self._days, 2 * self.size)
        self._partners[self.size], self._days[self.size] = partner, day
        self.size += 1

    @property
    def partners(self) -> NDArray[np.int32]:
        """The partners, oldest event first."""
        return self._partners[: self.size]

    @property
    def days(self) -> NDArray[np.int32]:
        """The day of each event."""
        return self._days[: self.size]

    def counts(self, people: int, *, today: int, half_life: float | None = None) -> Numbers:
        """How often each partner occurs, an event counting half after `half_life` days."""
        weights = None if half_life is None else np.exp2((self.days - today) / half_life)
        return np.bincount(self.partners, weights=weights, minlength=people).astype(np.float64, copy=False)

    def few(self, *, today: int, half_life: float) -> tuple[Places, Numbers]:
        """The partners that occur at all, and their counts; for keys with few events."""
        if not self.size:
            return np.empty(0, dtype=np.intp), np.empty(0)
        places, inverse = np.unique(self.partners, return_inverse=True)
        counts: Numbers = np.bincount(inverse, weights=np.exp2((self.days - today) / half_life)).astype(np.float64)
        return places.astype(np.intp), counts


NOTHING = Events()


class Ledger:
    """All events by key, where a key is a trait, a word, an account, a partner sold with, or one met at a new account.

    Deals are recorded day by day; `record` raises TimeTravel when a deal is older than the last one.
    """

    def __init__(self, partners: Sequence[str] = ()) -> None:
        self.names: list[str] = []
        self.place: dict[str, int] = {}
        self.latest = 0
        self.first: list[int] = []
        self.last: list[int] = []
        self.chances: list[int] = []
        self.returns: list[int] = []
        self.rounds: dict[str, list[int]] = {}
        self.total = 0
        self._events: dict[str, Events] = {}
        for partner in partners:
            self._enter(partner, 0)

    def events(self, key: str) -> Events:
        """The events of a key; empty when there are none."""
        return self._events.get(key, NOTHING)

    def record(self, deal: PastDeal) -> None:
        """Count a deal that happened."""
        day, account = deal.need.day.toordinal(), deal.need.account
        if day < self.latest:
            raise TimeTravel(f"{deal.id} of {deal.need.day} comes after a deal of {date.fromordinal(self.latest)}.")
        self.latest = day
        places = [self._enter(partner, day) for partner in dict.fromkeys(deal.partners)]
        before = set(self.events(f"account:{account}").partners.tolist()) if account else set()
        for past in before:
            self.chances[past] += 1
            self.returns[past] += past in places
        keys = ["all", *self.traits(deal.need), *(f"word:{word}" for word in deal.need.words)]
        keys += [f"account:{account}"] if account else []
        for place in places:
            self.last[place] = day
            others = [other for other in places if other != place]
            met = (f"met:{other}" for other in others if not before.issuperset((place, other)))
            for key in (*keys, *(f"with:{other}" for other in others), *met):
                self._add(key, place, day)
        self.total += len(places)
        if account:
            self.rounds.setdefault(account, []).append(day)

    def traits(self, need: Need) -> tuple[str, ...]:
        """The traits of a need with the one that only history tells: how many deals its account had before."""
        known = min(len(self.rounds.get(need.account, ())), MOST_ROUNDS)
        return (*need.traits, f"round:{known}") if need.account else need.traits

    def _enter(self, partner: str, day: int) -> int:
        place = self.place.get(partner)
        if place is None:
            place = self.place[partner] = len(self.names)
            self.names.append(partner)
            for column in (self.first, self.last):
                column.append(day)
            self.chances.append(0)
            self.returns.append(0)
        elif not self.first[place]:
            self.first[place] = day
        return place

    def _add(self, key: str, place: int, day: int) -> None:
        found = self._events.get(key)
        if found is None:
            found = self._events[key] = Events()
        found.add(place, day)
