"""Deals of past consortia as co-sell history: who joined which deal, when, and how large it was."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from assistant.cosell.history import Need, PastDeal, value_traits, words_of
from assistant.cosell.model import Window

ANCHORED, SEED = 0.5, 11


@dataclass(slots=True)
class _Round:
    partners: dict[str, None] = field(default_factory=dict)
    amount: str = ""


def read(path: Path) -> list[PastDeal]:
    """The deals of a file with company_name, investor_name, funded_when and amount_usd, one row a partner, by day.

    Half of the deals with several partners have one of them, drawn once and for all, on the deal already.
    """
    rounds: dict[tuple[str, str], _Round] = defaultdict(_Round)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["company_name"] and row["investor_name"] and row["funded_when"]:
                found = rounds[row["funded_when"][:10], row["company_name"]]
                found.partners[row["investor_name"]] = None
                found.amount = found.amount or row["amount_usd"]
    return [_deal(day, account, found) for (day, account), found in sorted(rounds.items())]


def _deal(day: str, account: str, found: _Round) -> PastDeal:
    key, partners = f"{day} {account}", tuple(sorted(found.partners))
    dice = random.Random(f"{SEED}:{key}")  # noqa: S311 - the same anchor in every run
    present = (dice.choice(partners),) if len(partners) > 1 and dice.random() < ANCHORED else ()
    need = Need(
        day=date.fromisoformat(day),
        account=account,
        traits=_traits(found.amount),
        words=words_of(account),
        present=present,
    )
    return PastDeal(id=key, need=need, partners=partners)


def _traits(amount: str) -> tuple[str, ...]:
    """The band of the amount, and the amount itself: some partners put the same sum into each of their deals."""
    bands = value_traits(float(amount or 0))
    return (bands[0], f"value:{amount}") if amount else bands


@dataclass(frozen=True, slots=True)
class Split:
    """The deals before calibration, for calibration, and to judge by; `learn_from` is the day learning starts."""

    before: tuple[PastDeal, ...]
    calibration: tuple[PastDeal, ...]
    test: tuple[PastDeal, ...]
    learn_from: date

    @property
    def trained(self) -> Window:
        """The window that weights are learnt on."""
        return window([deal for deal in self.before if deal.need.day >= self.learn_from])


def window(deals: Sequence[PastDeal]) -> Window:
    """The window that deals lie in."""
    return Window(first=deals[0].need.day, last=deals[-1].need.day, deals=len(deals))


def split(deals: Sequence[PastDeal], *, train_until: date, calibrate_until: date, years: float = 3.0) -> Split:
    """Deals until a day, those after it until another, and the rest; the last `years` of the first are learnt from."""
    return Split(
        before=tuple(deal for deal in deals if deal.need.day <= train_until),
        calibration=tuple(deal for deal in deals if train_until < deal.need.day <= calibrate_until),
        test=tuple(deal for deal in deals if deal.need.day > calibrate_until),
        learn_from=train_until - timedelta(days=365 * years),
    )
