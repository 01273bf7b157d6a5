"""Metrics of somebody's own: one Python file with a `Metric` in it, given by `--metric`."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assistant.errors import UsageError
from evals.metrics import METRICS
from evals.metrics.metric import Metric
from evals.suites import Suite

HINT = "A metric file binds Metric(name=…, version=1, applies=…, score=…) of evals.metrics.metric to a name."


def add_metrics(files: Sequence[Path]) -> tuple[str, ...]:
    """The names of the metrics of some files, which are known to this process from now on.

    Raises UsageError for a file that cannot be run, has no metric, or names one that there is already.
    """
    found = {metric.name: metric for file in files for metric in _metrics(file)}
    taken = sorted(found.keys() & METRICS.keys())
    if taken:
        raise UsageError(f"There is a metric {taken[0]} already.", hint="Give yours another name.")
    METRICS.update(found)
    return tuple(found)


def with_metrics(suite: Suite, names: Sequence[str]) -> Suite:
    """A suite that reports these metrics as well; those that apply to none of its cases show as empty rows."""
    return replace(suite, metrics=(*suite.metrics, *names))


def _metrics(file: Path) -> list[Metric]:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"{file} is no Python file.", hint=HINT)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"{file} cannot be run: {type(error).__name__}: {error}.", hint=HINT) from error
    metrics = [value for value in vars(module).values() if isinstance(value, Metric)]
    if not metrics:
        raise UsageError(f"{file} has no metric.", hint=HINT)
    return metrics
