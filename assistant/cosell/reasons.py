"""Why a partner scores as it does: exact shares of the score, each told with facts that stand in the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import exp

from assistant.cosell.features import ACCOUNT, ACTIVITY, AROUND, NUMBER, WITH, View
from assistant.cosell.history import Need
from assistant.cosell.ledger import Numbers, Places
from assistant.domain.written import country_told, day_told
from prompts.messages import message

# Features that say one thing together are one reason.
FAMILIES: dict[str, tuple[str, ...]] = {
    "account": ACCOUNT,
    "together": WITH,
    "around": AROUND,
    "product": ("product",),
    "country": ("country",),
    "industry": ("industry",),
    "size": ("band", "value"),
    "round": ("round",),
    "words": ("words",),
    "activity": ACTIVITY,
}
YEAR = 365


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a reason and where it stands: `source` names the records that were counted or read."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What one family of features adds to the log-odds (`points`, may be negative), and the facts behind it.

    `kind` is the message that words it.
    """

    family: str
    points: float
    kind: str
    facts: tuple[Fact, ...]

    def told(self, language: str) -> str:
        """The reason as a sentence; every number in it is the value of a fact, and days and countries have names."""
        slots = {fact.name: self._told(fact, language) for fact in self.facts}
        return message(f"cosell_{self.kind}", language, family=self.label(language), **slots)

    def _told(self, fact: Fact, language: str) -> str:
        if fact.name == "last":
            return day_told(date.fromisoformat(fact.value), language)
        return country_told(fact.value, language) if self.kind == "country" and fact.name == "value" else fact.value

    def label(self, language: str) -> str:
        """What the reason is about, in a word or two."""
        return message(f"cosell_family_{self.family}", language)

    @property
    def odds(self) -> int:
        """By how many percent it raises the odds that the partner engages, or lowers them if negative."""
        return round((exp(self.points) - 1) * 100)


def points_of(contributions: Numbers) -> dict[str, float]:
    """The points of each family; they sum to the sum of the contributions."""
    return {family: float(contributions[[NUMBER[name] for name in names]].sum()) for family, names in FAMILIES.items()}


def reasons(view: View, need: Need, place: int, contributions: Numbers) -> tuple[Reason, ...]:
    """The reasons of one partner, the weightiest first, with nothing that could not be told left out of the sum."""
    tellers: dict[str, Callable[[View, Need, int], tuple[str, tuple[Fact, ...]]]] = {
        "account": _account,
        "together": _together,
        "around": _around,
        "words": _words,
        "activity": _activity,
    }
    found = []
    for family, points in points_of(contributions).items():
        if not points:
            continue
        teller = tellers.get(family)
        kind, facts = teller(view, need, place) if teller else _trait(family, view, need, place)
        found.append(Reason(family, points, kind, facts))
    return tuple(sorted(found, key=lambda reason: -abs(reason.points)))


def _count(view: View, key: str, place: int) -> int:
    return int((view.ledger.events(key).partners == place).sum())


def _account(view: View, need: Need, place: int) -> tuple[str, tuple[Fact, ...]]:
    events = view.ledger.events(f"account:{need.account}")
    days = events.days[events.partners == place]
    if not need.account or not days.size:
        return "account_none", ()
    source = f"opportunities of {need.account}"
    last = date.fromordinal(int(days[-1])).isoformat()
    rounds = str(len(view.ledger.rounds[need.account]))
    return "account", (Fact("count", str(days.size), source), Fact("of", rounds, source), Fact("last", last, source))


def _shared(view: View, place: int, others: Places) -> str:
    return str(sum(_count(view, f"with:{int(other)}", place) for other in others))


def _together(view: View, need: Need, place: int) -> tuple[str, tuple[Fact, ...]]:
    if not need.present:
        return "together_none", ()
    names = Fact("partners", ", ".join(need.present), "partners on the deal")
    shared = _shared(view, place, view.present(need))
    return "together", (Fact("count", shared, "opportunities with both in the team"), names)


def _around(view: View, need: Need, place: int) -> tuple[str, tuple[Fact, ...]]:
    others = view.incumbents(need)
    if not others.size:
        return "unknown", ()
    shared = _shared(view, place, others[others != place])
    return "around", (Fact("count", shared, f"opportunities with a partner that worked with {need.account}"),)


def _words(view: View, need: Need, place: int) -> tuple[str, tuple[Fact, ...]]:
    met = sorted(word for word in need.words if "-" not in word and _count(view, f"word:{word}", place))
    if not met:
        return "words_none", ()
    return "words", (Fact("words", ", ".join(met), "names of its earlier customers"),)


def _activity(view: View, _need: Need, place: int) -> tuple[str, tuple[Fact, ...]]:
    events = view.ledger.events("all")
    days = events.days[events.partners == place]
    source = "opportunities with it in the team"
    if not days.size:
        return "activity_none", ()
    recent = str(int((days > view.today - YEAR).sum()))
    last = date.fromordinal(int(days[-1])).isoformat()
    return "activity", (
        Fact("recent", recent, source),
        Fact("count", str(days.size), source),
        Fact("last", last, source),
    )


def _trait(family: str, view: View, need: Need, place: int) -> tuple[str, tuple[Fact, ...]]:
    group = "band" if family == "size" else family
    trait = next((found for found in view.ledger.traits(need) if found.startswith(f"{group}:")), "")
    if not trait:
        return "unknown", ()
    total = Fact("total", str(_count(view, "all", place)), "opportunities with it in the team")
    count = Fact("count", str(_count(view, trait, place)), f"those with {trait}")
    return family, (count, total, Fact("value", trait.partition(":")[2], "the deal"))
