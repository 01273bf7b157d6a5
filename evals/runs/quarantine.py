"""Cases that are known to be wrong for a while and must not stop a release until a day."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import SettingsError
from evals.collect import Collected
from evals.gate import Bar
from evals.run import RunResult, SuiteResult, scored

QUARANTINE = Path(__file__).parents[1] / "quarantine.toml"


class Quarantined(BaseModel):
    """A case that the gate leaves out up to and with the day `until`, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    case: str
    reason: str = Field(min_length=10)
    until: date


class QuarantineFile(BaseModel):
    """The content of quarantine.toml."""

    model_config = ConfigDict(extra="forbid")

    case: list[Quarantined] = []


def load_quarantine(path: Path = QUARANTINE) -> list[Quarantined]:
    """The entries of a file. Raises SettingsError when it cannot be read."""
    try:
        return QuarantineFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).case
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise SettingsError(
            f"The quarantine cannot be read from {path}: {error}.", hint="See docs/evaluation.md."
        ) from error


def in_force(entries: Sequence[Quarantined], *, today: date) -> list[Quarantined]:
    """The entries whose cases may be left out today."""
    return [entry for entry in entries if today <= entry.until]


def without(run: RunResult, entries: Sequence[Quarantined], *, bars: Sequence[Bar]) -> RunResult:
    """The run scored and judged by `bars` as if the cases of the entries had not been asked."""
    aside = {(entry.suite, entry.case) for entry in entries}
    return replace(run, suites=tuple(_suite_without(suite, aside, bars) for suite in run.suites)) if aside else run


def _suite_without(result: SuiteResult, aside: Collection[tuple[str, str]], bars: Sequence[Bar]) -> SuiteResult:
    pairs = list(zip(result.collected.cases, result.collected.observations, strict=True))
    kept = [(case, seen) for case, seen in pairs if (result.suite.name, case.id) not in aside]
    if len(kept) == len(pairs):
        return result
    return scored(result.suite, Collected(tuple(case for case, _ in kept), tuple(seen for _, seen in kept)), bars)


def told(entries: Sequence[Quarantined]) -> list[str]:
    """A sentence for each entry in force."""
    return [f"{each.suite} {each.case}: in quarantine until {each.until} ({each.reason})." for each in entries]


def ended(entries: Sequence[Quarantined], *, today: date) -> list[str]:
    """A sentence for each entry whose time is over."""
    return [
        f"The quarantine of {entry.suite} {entry.case} ended on {entry.until}: mend it or decide anew ({entry.reason})."
        for entry in entries
        if today > entry.until
    ]
