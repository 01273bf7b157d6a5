"""How often deals were won with a partner: an association in the record, never a claim that the partner caused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scipy.stats import binomtest

from assistant.cosell.model import shrunk

K = TypeVar("K", bound=Hashable)
GROUP_WEIGHT, PARTNER_WEIGHT = 20.0, 10.0  # deals that a prior rate is worth
FEWEST = 5  # closed deals below which a rate is called insufficient evidence
WIDE = 0.30  # width of a 90 % interval that is narrow enough to act on
FALSE_FINDINGS = 0.05
NORMAL = 1.645  # the 95 % quantile


@dataclass(frozen=True, slots=True)
class Closed:
    """A deal that ended: who was on it, its product, and whether it was won."""

    partners: tuple[str, ...]
    product: str
    won: bool


@dataclass(frozen=True, slots=True)
class WinRate:
    """How often deals were won when a partner was on them.

    `rate` is shrunk (partner and product → partner → partners like it → all), `low` to `high` its 90 % interval;
    `won` of `closed` are the plain counts. `differs` says that it differs from all others beyond chance.
    `needed` is about how many more closed deals would make the interval narrow enough to act on.
    """

    rate: float
    low: float
    high: float
    won: int
    closed: int
    differs: bool
    needed: int

    @property
    def sufficient(self) -> bool:
        """Whether there is enough on record to say anything of this partner itself."""
        return self.closed >= FEWEST


class WinRecord:
    """Win rates from closed deals; `groups` says which partners are alike (its tier and kind, say)."""

    def __init__(self, closed: Iterable[Closed], *, groups: Mapping[str, str]) -> None:
        self._groups = groups
        self._won, self._all = Counter[str](), Counter[str]()
        for deal in closed:
            for key in self._keys(deal):
                self._all[key] += 1
                self._won[key] += deal.won
        names = [key.removeprefix("partner:") for key in self._all if key.startswith("partner:")]
        trials = {name: (self._won[f"partner:{name}"], self._all[f"partner:{name}"]) for name in names}
        self._different = different(trials, usual=self.usual)

    def _keys(self, deal: Closed) -> list[str]:
        partners = dict.fromkeys(deal.partners)
        groups = {self._groups.get(name, "") for name in partners}
        products = (f"product:{name}:{deal.product}" for name in partners)
        return ["all", *(f"group:{group}" for group in groups), *(f"partner:{name}" for name in partners), *products]

    @property
    def usual(self) -> float:
        """How often deals are won at all."""
        return (self._won["all"] + 1) / (self._all["all"] + 2)

    def rate(self, partner_id: str, *, product: str = "") -> WinRate:
        """The win rate with a partner, for a product where one is given."""
        group, partner = f"group:{self._groups.get(partner_id, '')}", f"partner:{partner_id}"
        prior, _ = shrunk(self._won[group], self._all[group], prior=self.usual, weight=GROUP_WEIGHT)
        key = f"product:{partner_id}:{product}"
        won, closed = (counter[partner] - counter[key] for counter in (self._won, self._all))
        with_partner, _ = shrunk(won, closed, prior=prior, weight=PARTNER_WEIGHT)
        own = min(PARTNER_WEIGHT + closed, 2 * PARTNER_WEIGHT)
        rate, (low, high) = shrunk(self._won[key], self._all[key], prior=with_partner, weight=own)
        wanted = rate * (1 - rate) * (2 * NORMAL / WIDE) ** 2
        return WinRate(
            rate=rate,
            low=low,
            high=high,
            won=self._won[partner],
            closed=self._all[partner],
            differs=partner_id in self._different,
            needed=max(0, FEWEST - self._all[partner], round(wanted - PARTNER_WEIGHT - self._all[partner])),
        )


def different(trials: Mapping[K, tuple[int, int]], *, usual: float) -> frozenset[K]:
    """Those whose successes of trials differ from a usual rate beyond chance.

    Exact binomial tests with the false discovery rate held at 5 % (Benjamini & Hochberg 1995): of many partners some
    look good
    or bad by luck alone.
    """
    tested = sorted((float(binomtest(won, of, usual).pvalue), name) for name, (won, of) in _named(trials) if of)
    limit = max(
        (place for place, (chance, _) in enumerate(tested, 1) if chance <= FALSE_FINDINGS * place / len(tested)),
        default=0,
    )
    names = list(trials)
    return frozenset(names[number] for _, number in tested[:limit])


def _named(trials: Mapping[K, tuple[int, int]]) -> Sequence[tuple[int, tuple[int, int]]]:
    return list(enumerate(trials.values()))
