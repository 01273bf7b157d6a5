"""What history says about every partner for one need, as numbers known before the day of the need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.cosell.history import Need
from assistant.cosell.ledger import Events, Ledger, Numbers, Places, TimeTravel

# Categories a deal can have; each gives one feature: how much more often the partner works such deals than others do.
GROUPS = ("product", "country", "industry", "band", "value", "round")
ACTIVITY = ("year", "quarter", "month", "fortnight", "ever", "since", "tenure")
ACCOUNT = (
    *("incumbent", "repeat", "last_round", "account_since", "returns", "share", "first_round", "beside_incumbent"),
    # What counts less or more for those that know the account than for others.
    *("known_year", "known_month", "known_quiet", "known_band", "known_long", "last_alone", "account_gap", "rounds"),
)
WITH, AROUND = ("with_often", "with_rate", "with_met", "with_near"), ("around_often", "around_rate")
FEATURES = (*ACTIVITY, *GROUPS, "words", *ACCOUNT, *WITH, *AROUND)
NUMBER = {name: number for number, name in enumerate(FEATURES)}

HALF_LIFE, LONG = 730.0, 1500.0  # days after which an event counts half
HORIZON = 3650  # days; longer silences are all alike
PRIOR_EVENTS = 1.0  # of a trait: pseudo-events at the partner's own overall rate (gamma prior of a Poisson rate)
PRIOR_WORDS = 2.0
PRIOR_TOGETHER, PRIOR_NEAR = 3.0, 0.3
NEIGHBOURS = 40  # of a partner on the deal, those sold with most, whose company counts as near
PRIOR_RETURNS, USUAL_RETURN = 2.0, 0.4  # pseudo-chances, and how often partners come back to an account


class View:
    """The ledger as it was before a day; good until the ledger goes on.

    Raises TimeTravel when the ledger has seen that day or a later one, also when that happens after the view was made.
    """

    def __init__(self, ledger: Ledger, day: date) -> None:
        self.today = day.toordinal()
        self.ledger, self.people = ledger, len(ledger.names)
        self._lifts: dict[str, Numbers] = {}
        self.events("")

    def events(self, key: str) -> Events:
        """The events of a key; raises TimeTravel when the ledger has seen the day of this view."""
        if self.ledger.latest >= self.today:
            seen, day = date.fromordinal(self.ledger.latest), date.fromordinal(self.today)
            raise TimeTravel(f"The ledger knows deals of {seen}, which is not before {day}.")
        return self.ledger.events(key)

    def counts(self, key: str, half_life: float | None = None) -> Numbers:
        """How often each partner occurs under a key."""
        return self.events(key).counts(self.people, today=self.today, half_life=half_life)

    @cached_property
    def usual(self) -> Numbers:
        """Each partner's recent events of any kind."""
        return self.counts("all", HALF_LIFE)

    @cached_property
    def rate(self) -> Numbers:
        """Each partner's share of all recent events, never zero."""
        share: Numbers = (self.usual + 0.2) / (self.usual.sum() + 0.2 * max(1, self.people))
        return share

    @cached_property
    def activity(self) -> NDArray[np.float64]:
        """The features that do not depend on the need: partners by ACTIVITY."""
        decayed = [
            np.log(self.counts("all", days) + floor) for days, floor in ((365, 0.3), (90, 0.1), (30, 0.05), (14, 0.03))
        ]
        ever = np.log(self.counts("all") + 0.5)
        last, first = np.array(self.ledger.last, dtype=np.float64), np.array(self.ledger.first, dtype=np.float64)
        ages = [np.log1p(np.minimum(self.today - moment, HORIZON)) for moment in (last, first)]
        return np.column_stack([*decayed, ever, *ages]) if self.people else np.empty((0, len(ACTIVITY)))

    def lift(self, key: str) -> Numbers:
        """The log of how many times as often as usual each partner occurs under a key.

        The posterior mean of a Poisson rate under a gamma prior of PRIOR_EVENTS at the usual rate, so that a partner
        with
        little history stays near 0.
        """
        if key not in self._lifts:
            counts = self.counts(key, HALF_LIFE)
            expected = self.usual * (counts.sum() / max(self.usual.sum(), 1e-9))
            self._lifts[key] = np.log((counts + PRIOR_EVENTS) / (expected + PRIOR_EVENTS))
        return self._lifts[key]

    def evidence(self, need: Need) -> Evidence:
        """Every feature of every partner for a need."""
        traits: dict[str, Numbers] = {}
        for trait in self.ledger.traits(need):
            group = trait.partition(":")[0]
            if group in NUMBER and self.events(trait).size:
                lift = self.lift(trait)
                traits[group] = traits[group] + lift if group in traits else lift
        dense = tuple((NUMBER[group], column) for group, column in traits.items())
        sparse = (*self._words(need), *self._account(need, traits), *self._together(need))
        return Evidence(activity=self.activity, dense=dense, sparse=tuple(sparse))

    def _words(self, need: Need) -> Iterator[Sparse]:
        """For partners that met a word before: how much more often than usual, over all words."""
        if not need.words:
            return
        total, everything = np.zeros(self.people), max(self.usual.sum(), 1e-9)
        for word in sorted(need.words):
            events = self.events(f"word:{word}")
            if not events.size:
                continue
            places, counts = events.few(today=self.today, half_life=LONG)
            expected = self.usual[places] * (counts.sum() / everything)
            total[places] += np.log((counts + PRIOR_WORDS) / (expected + PRIOR_WORDS))
        places = np.flatnonzero(total)
        yield Sparse(NUMBER["words"], places, total[places])

    def incumbents(self, need: Need) -> Places:
        """The partners that worked with the account before."""
        return np.unique(self.events(f"account:{need.account}").partners).astype(np.intp) if need.account else NOBODY

    def present(self, need: Need) -> Places:
        """The partners on the deal already."""
        return np.array([self.ledger.place[name] for name in need.present if name in self.ledger.place], dtype=np.intp)

    def _account(self, need: Need, traits: Mapping[str, Numbers]) -> Iterator[Sparse]:
        places = self.incumbents(need)
        if not places.size:
            return
        events, rounds = self.events(f"account:{need.account}"), self.ledger.rounds[need.account]
        by_partner = [events.days[events.partners == place] for place in places]
        often = np.array([days.size for days in by_partner], dtype=np.float64)
        last = np.array([days[-1] for days in by_partner], dtype=np.float64)
        first = np.array([days[0] for days in by_partner])
        chances, returns = (
            np.array([column[place] for place in places]) for column in (self.ledger.chances, self.ledger.returns)
        )
        back = (returns + PRIOR_RETURNS * USUAL_RETURN) / (chances + PRIOR_RETURNS)
        columns = {
            "incumbent": np.ones(places.size),
            "repeat": np.log(often),
            "last_round": (last == rounds[-1]).astype(np.float64),
            "account_since": np.log1p(self.today - last),
            "returns": np.log(back / (1 - back)),
            "share": often / len(rounds),
            "first_round": (first == rounds[0]).astype(np.float64),
            "beside_incumbent": np.full(places.size, float(np.isin(self.present(need), places).any())),
            "known_band": traits["band"][places] if "band" in traits else np.zeros(places.size),
            "known_long": np.log1p(self.today - first),
            "last_alone": (last == rounds[-1]) / (events.days == rounds[-1]).sum(),
            "account_gap": np.full(places.size, np.log1p(self.today - rounds[-1])),
            "rounds": np.full(places.size, np.log(len(rounds))),
        }
        for name, activity in (("known_year", "year"), ("known_month", "month"), ("known_quiet", "since")):
            columns[name] = self.activity[places, NUMBER[activity]]
        for name, values in columns.items():
            yield Sparse(NUMBER[name], places, values)

    def _together(self, need: Need) -> Iterator[Sparse]:
        """What working with the partners on the deal, and with those that know the account, tells."""
        present = self.present(need)
        for partners, name in ((present, "with"), (self.incumbents(need), "around")):
            if not partners.size:
                continue
            places, total, recent = self._company([f"with:{partner}" for partner in partners])
            expected = PRIOR_TOGETHER * self.rate[places]
            # A partner's share of the others' company, shrunk to its share of everything, against having none of it.
            yield Sparse(NUMBER[f"{name}_rate"], places, np.log((total + expected) / expected))
            yield Sparse(NUMBER[f"{name}_often"], places, np.log1p(2 * recent))
        if present.size:
            places, met, _ = self._company([f"met:{partner}" for partner in present])
            yield Sparse(NUMBER["with_met"], places, np.log1p(2 * met))
            yield self._near(present)

    def _company(self, keys: Sequence[str]) -> tuple[Places, Numbers, Numbers]:
        """The partners that occur under any of the keys, and how often: counting long, and counting recent events."""
        every = [self.events(key) for key in keys]
        places, inverse = np.unique(np.concatenate([events.partners for events in every]), return_inverse=True)
        ages = np.concatenate([events.days for events in every]) - self.today
        often, recent = (
            np.bincount(inverse, np.exp2(ages / days), places.size).astype(np.float64) for days in (LONG, HALF_LIFE)
        )
        return places.astype(np.intp), often, recent

    def _near(self, present: Places) -> Sparse:
        """The company of the company: the chance that a walk of two steps from those present ends at a partner.

        Against its share of everything; only the first NEIGHBOURS of each partner are walked through.
        """
        found, chances = [NOBODY], [np.empty(0)]
        for partner in present:
            places, _, often = self._company([f"with:{partner}"])
            for number in np.argsort(-often)[:NEIGHBOURS]:
                events = self.events(f"with:{places[number]}")
                counts = np.exp2((events.days - self.today) / HALF_LIFE)
                found.append(events.partners.astype(np.intp))
                chances.append(counts * (often[number] / (often.sum() + 1) / (counts.sum() + 1)))
        places, inverse = np.unique(np.concatenate(found), return_inverse=True)
        walked = np.bincount(inverse, np.concatenate(chances), places.size)
        others = ~np.isin(places, present)
        places, walked = places[others], walked[others]
        return Sparse(NUMBER["with_near"], places, np.log1p(walked / (PRIOR_NEAR * self.rate[places])))


NOBODY: Places = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Sparse:
    """A feature that is 0 for all partners but a few; `places` ascend."""

    number: int
    places: Places
    values: Numbers


@dataclass(frozen=True, slots=True)
class Evidence:
    """All features of all partners for one need, in the form in which each is cheapest."""

    activity: NDArray[np.float64]
    dense: tuple[tuple[int, Numbers], ...]
    sparse: tuple[Sparse, ...]

    def scores(self, weights: Numbers) -> Numbers:
        """The weighted sum of the features of every partner."""
        total: Numbers = self.activity @ weights[: len(ACTIVITY)]
        for number, column in self.dense:
            total += weights[number] * column
        for item in self.sparse:
            total[item.places] += weights[item.number] * item.values
        return total

    def rows(self, places: Places) -> NDArray[np.float64]:
        """The features of some partners: places by FEATURES."""
        matrix = np.zeros((places.size, len(FEATURES)))
        matrix[:, : len(ACTIVITY)] = self.activity[places]
        for number, column in self.dense:
            matrix[:, number] = column[places]
        for item in self.sparse:
            if item.places.size:
                near = np.minimum(np.searchsorted(item.places, places), item.places.size - 1)
                matrix[:, item.number] = np.where(item.places[near] == places, item.values[near], 0.0)
        return matrix
