"""What a metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evals.case import Case, Observation
from evals.interval import Statistic


@dataclass(frozen=True, slots=True)
class Metric:
    """A pure function from a case and what was seen to a number.

    `version` grows whenever the same observation may score otherwise. `wrong` is what an errored observation scores.
    `applies` says whether a case counts at all. `timed` metrics differ between two runs of the same thing.
    """

    name: str
    version: int
    applies: Callable[[Case], bool]
    score: Callable[[Case, Observation], float]
    statistic: Statistic = "mean"
    wrong: float = 0.0
    timed: bool = False

    @property
    def id(self) -> str:
        """Name and version, as manifests record it."""
        return f"{self.name}@{self.version}"
