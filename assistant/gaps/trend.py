"""How questions went, week by week and by language. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.domain.gap import AskedQuestion

WEEKS = 8
EVERY = ""  # the slice of all languages


@dataclass(frozen=True, slots=True)
class Week:
    """A slice of a week that begins on a Monday: how often was asked, and how much of it went wrong.

    `missed` questions have a signal: declined, weakly supported, asked again or badly rated. A question that one person
    asked several times counts as often, in the week it was last asked.
    """

    monday: date
    language: str
    asked: int
    missed: int

    @property
    def share(self) -> float:
        """The share that went wrong, 0 when nothing was asked."""
        return self.missed / self.asked if self.asked else 0.0


def first_monday(today: date, *, weeks: int = WEEKS) -> date:
    """The Monday that so many weeks begin with, this week being the last."""
    return today - timedelta(days=today.weekday(), weeks=weeks - 1)


def trend(
    asked: Iterable[AskedQuestion], *, today: date, minimum_partners: int, weeks: int = WEEKS
) -> tuple[tuple[Week, ...], ...]:
    """For all languages, and for each one that enough partners ask in: its weeks, the oldest first, quiet ones too.

    A language of fewer partners is only in the whole, so that nobody is recognised by it.
    """
    since = first_monday(today, weeks=weeks)
    mondays = [since + timedelta(weeks=number) for number in range(weeks)]
    recent = [question for question in asked if question.last_at.date() >= since]
    partners: dict[str, set[str]] = {}
    for question in recent:
        partners.setdefault(question.language, set()).add(question.asker.partner_id)
    shared = sorted(language for language, who in partners.items() if len(who - {""}) >= minimum_partners)
    return tuple(_weeks(recent, mondays, language) for language in (EVERY, *shared)) if recent else ()


def _weeks(asked: Sequence[AskedQuestion], mondays: Sequence[date], language: str) -> tuple[Week, ...]:
    of_it = [question for question in asked if language in {EVERY, question.language}]
    found = []
    for monday in mondays:
        there = [question for question in of_it if monday <= question.last_at.date() < monday + timedelta(weeks=1)]
        missed = sum(question.times for question in there if question.signals)
        found.append(Week(monday, language, sum(question.times for question in there), missed))
    return tuple(found)
