"""Whether reasons are exact, move the rank as they say, and name no number that the record does not hold.

python -m evals.cosell_reasons --file DEALS.csv [--deals 200]

The file is that of evals.cosell; a model learnt on its first deals explains the first three partners of later ones.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from assistant.cosell.features import NUMBER
from assistant.cosell.ledger import Ledger, Numbers
from assistant.cosell.model import ScoringModel
from assistant.cosell.reasons import FAMILIES, Reason, reasons
from assistant.cosell.training import Question, replayed
from assistant.domain.written import day_told
from evals.cosell import CALIBRATE_UNTIL, TRAIN_UNTIL, learnt
from evals.cosell_data import read, split

LANGUAGES = ("en", "de", "fr", "es", "pt", "ja")
FIRST, TOLERANCE = 3, 1e-6
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMERAL = re.compile(r"\d+(?:[.,:/-]\d+)*")


@dataclass(frozen=True, slots=True)
class Checked:
    """One explained partner: how far its reasons are from the score, its rank without the foremost as said and as is.

    `unsupported` are numbers in its sentences, in any language, that no fact holds; `sentences` were read.
    """

    off: float
    rank: int
    said: int
    found: int
    sentences: int
    unsupported: tuple[str, ...]


def unsupported(reason: Reason, language: str) -> tuple[str, ...]:
    """The numbers of a sentence that are in no fact of the reason."""
    held = {number for fact in reason.facts for number in NUMERAL.findall(_in_words(fact.value, language))}
    return tuple(number for number in NUMERAL.findall(reason.told(language)) if number not in held)


def _in_words(value: str, language: str) -> str:
    """A day as people of the language say it; anything else as it is."""
    return day_told(date.fromisoformat(value), language) if DAY.fullmatch(value) else value


def checked(question: Question, model: ScoringModel) -> Iterator[Checked]:
    """The first partners of a deal, each explained and explained without its foremost reason."""
    scores = np.where(question.askable, model.points(question.evidence, row=question.row), -np.inf)
    start = model.start(scores, askable=question.askable)
    for place in np.argsort(-scores, kind="stable")[:FIRST]:
        parts = model.contributions(question.evidence, np.array([place]), row=question.row)[0]
        told = reasons(question.view, question.deal.need, int(place), parts)
        foremost = max(told, key=lambda reason: reason.points)
        said = 1 + int((scores > scores[place] - max(0.0, foremost.points)).sum())
        bare = _without(question, model, int(place), family=foremost.family) if foremost.points > 0 else scores[place]
        yield Checked(
            off=abs(sum(reason.points for reason in told) + start - (scores[place] + start)),
            rank=1 + int((scores > scores[place]).sum()),
            said=said,
            found=1 + int((scores > bare).sum()),
            sentences=len(told) * len(LANGUAGES),
            unsupported=tuple(number for reason in told for name in LANGUAGES for number in unsupported(reason, name)),
        )


def _without(question: Question, model: ScoringModel, place: int, *, family: str) -> float:
    """A partner's points with the features of a family as they are on average: computed from the features anew."""
    row: Numbers = question.evidence.rows(np.array([place]))[0]
    columns = [NUMBER[name] for name in FAMILIES[family]]
    row[columns] = np.array(model.centre)[columns]
    return float((row - np.array(model.centre)) @ np.array(model.weights[question.row]))


def report(found: list[Checked]) -> str:
    """The findings in four lines."""
    stated = np.mean([item.said == item.found for item in found])
    moved = np.mean([item.found > item.rank for item in found])
    off, sentences = max(item.off for item in found), sum(item.sentences for item in found)
    wrong = [number for item in found for number in item.unsupported]
    return "\n".join(
        (
            f"{len(found)} partners explained; reasons are at most {off:.1e} from the score",
            f"without its foremost reason a partner stands where it is said to in {stated:.1%} of cases",
            f"  which is further down in {moved:.1%}",
            f"{len(wrong)} unsupported numbers in {sentences} sentences, {len(LANGUAGES)} languages {wrong[:5] or ''}",
        )
    )


def main(words: Iterable[str] | None = None) -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m evals.cosell_reasons", description=__doc__)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--deals", type=int, default=200)
    options = parser.parse_args(None if words is None else list(words))
    parts = split(read(options.file), train_until=TRAIN_UNTIL, calibrate_until=CALIBRATE_UNTIL)
    ledger = Ledger()
    model = learnt(parts, ledger)
    found: list[Checked] = []
    for number, question in enumerate(replayed(parts.test, since=parts.test[0].need.day, ledger=ledger)):
        if number == options.deals:
            break
        found += checked(question, model)
    sys.stdout.write(report(found) + "\n")


if __name__ == "__main__":
    main()
