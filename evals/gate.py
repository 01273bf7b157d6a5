"""Bars, and the verdict that decides the exit code."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.errors import SettingsError
from evals.case import Score
from evals.row import Row

BARS = Path(__file__).with_name("bars.toml")
SCORED_AT_LEAST = 0.95


class Other(BaseModel):
    """Another row of the same run that a bar is measured by: the bar is `times` its value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str
    slice: str = "all"
    times: float = 1.0


class Bar(BaseModel):
    """What a metric must reach: a floor or a ceiling, as a number or by another row of the run.

    `languages` limits it to runs whose questions are all in these languages; empty means any run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    metric: str
    slice: str = "all"
    at_least: float | Other | None = None
    at_most: float | Other | None = None
    languages: frozenset[str] = Field(default=frozenset())

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give either at_least or at_most")
        return self

    def applies(self, row: Row, languages: Collection[str]) -> bool:
        """Whether this bar judges the row."""
        same = (self.suite, self.metric, self.slice) == (row.suite, row.metric, row.slice)
        return same and (not self.languages or set(languages) <= self.languages)


class BarsFile(BaseModel):
    """The content of bars.toml."""

    model_config = ConfigDict(extra="forbid")

    bar: list[Bar]


class ExitCode(IntEnum):
    """How the command ends."""

    PASSED = 0
    MISSED = 1
    INVALID = 2
    USAGE = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """The exit code and the sentences that explain it; what is printed is what is returned."""

    code: ExitCode
    reasons: tuple[str, ...]


def load_bars(path: Path = BARS) -> list[Bar]:
    """The bars of a file. Raises SettingsError when it cannot be read."""
    try:
        return BarsFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).bar
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise SettingsError(f"Bars cannot be read from {path}: {error}.", hint="See docs/evaluation.md.") from error


def judged(rows: Sequence[Row], bars: Sequence[Bar], *, languages: Collection[str]) -> list[Row]:
    """The rows with their bars and whether they reach them; a row without a value misses its bar."""
    result = []
    for row in rows:
        bar = next((bar for bar in bars if bar.applies(row, languages)), None)
        result.append(row if bar is None else _judge(row, bar, rows))
    return result


def _judge(row: Row, bar: Bar, rows: Sequence[Row]) -> Row:
    wanted = bar.at_least if bar.at_least is not None else bar.at_most
    limit = _limit(wanted, row.suite, rows)
    if row.value is None or limit is None:
        return replace(row, bar=limit, passed=False)
    passed = row.value >= limit if bar.at_least is not None else row.value <= limit
    return replace(row, bar=limit, passed=passed)


def _limit(wanted: float | Other | None, suite: str, rows: Sequence[Row]) -> float | None:
    if not isinstance(wanted, Other):
        return wanted
    for row in rows:
        if (row.suite, row.metric, row.slice) == (suite, wanted.metric, wanted.slice) and row.value is not None:
            return round(row.value * wanted.times, 6)
    return None


def verdict(
    rows: Sequence[Row],
    scores: Sequence[Score],
    *,
    skipped: Sequence[str] = (),
    sockets: Sequence[str] = (),
    allow_skip: bool = False,
) -> Verdict:
    """Pass, miss or invalid. A run that scored nothing, skipped a suite or errored too often is never a pass.

    Nor is one in which something wanted a socket although it was to open none; `sockets` says what.
    """
    invalid = [] if allow_skip else [f"Skipped {reason}." for reason in skipped]
    invalid += [f"A socket was wanted: {wanted}." for wanted in sockets]
    if not scores:
        invalid.append("Nothing was scored.")
    else:
        good = sum(not score.errored for score in scores) / len(scores)
        if good < SCORED_AT_LEAST:
            invalid.append(f"Only {good:.0%} of the scores come from runs without an error (needs 95%).")
    if invalid:
        return Verdict(ExitCode.INVALID, tuple(invalid))
    missed = [row for row in rows if row.passed is False]
    if missed:
        return Verdict(ExitCode.MISSED, tuple(_miss(row) for row in missed))
    held = sum(row.passed is True for row in rows)
    return Verdict(ExitCode.PASSED, ("1 bar held." if held == 1 else f"{held} bars held.",))


def _miss(row: Row) -> str:
    value = "has no value" if row.value is None else f"is {row.value:.3f}"
    bar = "a row that is missing" if row.bar is None else f"{row.bar:.3f}"
    return f"{row.suite} {row.metric} [{row.slice}] {value}, the bar is {bar} (n={row.n})."
