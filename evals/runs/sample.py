"""One case of a run as it is kept: what was asked, what was seen, how it scored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from assistant.errors import UsageError
from evals.case import Case, Observation, Score
from evals.run import SuiteResult


@dataclass(frozen=True, slots=True)
class Sample:
    """A line of samples.jsonl. `scores` has a value for each metric that applies, null for what never came back."""

    suite: str
    case: Case
    observation: Observation
    scores: Mapping[str, float | None]


LINE = TypeAdapter(Sample)


def samples_of(suite: SuiteResult) -> Iterator[Sample]:
    """The samples of a suite in the order of its cases."""
    by_case: dict[str, list[Score]] = {}
    for score in suite.scores:
        by_case.setdefault(score.case_id, []).append(score)
    for case, seen in zip(suite.collected.cases, suite.collected.observations, strict=True):
        scores = {score.metric: _finite(score.value) for score in by_case.get(case.id, [])}
        yield Sample(suite.suite.name, case, seen, scores)


def written(sample: Sample) -> str:
    """A sample as one line of JSON."""
    return LINE.dump_json(sample).decode()


def read(lines: Iterable[str], *, source: str) -> list[Sample]:
    """The samples of a file's lines. Raises UsageError with the line number when one cannot be read."""
    samples = []
    for number, line in enumerate(lines, start=1):
        try:
            samples.append(LINE.validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            raise UsageError(
                f"{source}:{number}: {where}: {first['msg']}.",
                hint="Was it written by this version of `evals run`? Run the suites again if not.",
            ) from error
    return samples


def _finite(value: float) -> float | None:
    """JSON knows no infinity: what never came back is null."""
    return value if math.isfinite(value) else None
