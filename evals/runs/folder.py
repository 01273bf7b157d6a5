"""The folder of a run: written once by `evals run`, read by every other command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import UsageError
from evals.added import with_metrics
from evals.collect import Collected
from evals.gate import Bar, verdict
from evals.report import page
from evals.row import Row
from evals.run import RunResult, SuiteResult, scored
from evals.runs.junit import junit
from evals.runs.markdown import markdown
from evals.runs.sample import Sample, read, samples_of, written
from evals.suites import SUITES, Suite

ROWS = TypeAdapter(list[Row])
MANIFEST = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as its folder tells it. `skipped` names suites that did not run and why; `sockets` is as in RunResult."""

    folder: Path
    manifest: dict[str, str]
    samples: tuple[Sample, ...]
    rows: tuple[Row, ...]
    skipped: dict[str, str]
    sockets: tuple[str, ...] = ()


def write_run(result: RunResult, folder: Path, *, manifest: dict[str, str]) -> None:
    """Write manifest.json, samples.jsonl, summary.json, summary.md, junit.xml and report.html into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    skipped = {f"skipped {suite.suite.name}": suite.skipped for suite in result.suites if suite.skipped}
    refused = {f"socket wanted {number}": wanted for number, wanted in enumerate(result.sockets, start=1)}
    texts = {
        "manifest.json": json.dumps(manifest | skipped | refused, indent=1, sort_keys=True, ensure_ascii=False),
        "samples.jsonl": "".join(f"{written(line)}\n" for suite in result.suites for line in samples_of(suite)),
        "summary.json": json.dumps([asdict(row) for row in result.rows], indent=1),
        "summary.md": markdown(result),
        "junit.xml": junit(result),
        "report.html": page(result, manifest=manifest),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def read_run(folder: Path) -> StoredRun:
    """The run of a folder. Raises UsageError when it is none, or a file of it cannot be read."""
    try:
        manifest = MANIFEST.validate_json((folder / "manifest.json").read_bytes())
        rows = ROWS.validate_json((folder / "summary.json").read_bytes())
        lines = (folder / "samples.jsonl").read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise UsageError(
            f"{folder} does not hold a run: {error}.", hint="Give the folder that `evals run --out` wrote."
        ) from error
    return StoredRun(
        folder=folder,
        manifest=manifest,
        samples=tuple(read((line for line in lines if line), source=str(folder / "samples.jsonl"))),
        rows=tuple(rows),
        skipped={name.removeprefix("skipped "): why for name, why in manifest.items() if name.startswith("skipped ")},
        sockets=tuple(why for name, why in manifest.items() if name.startswith("socket wanted ")),
    )


def rescored(run: StoredRun, *, bars: Sequence[Bar], added: Sequence[str] = (), allow_skip: bool = False) -> RunResult:
    """The run with today's metrics and bars, from what it saw: nothing is asked again. `added` names further metrics.

    A suite that the run skipped makes it invalid unless `allow_skip`.
    Raises UsageError for a suite that this version does not have.
    """
    by_suite: dict[str, list[Sample]] = {}
    for sample in run.samples:
        by_suite.setdefault(sample.suite, []).append(sample)
    unknown = (set(by_suite) | set(run.skipped)) - set(SUITES)
    if unknown:
        raise UsageError(f"There is no suite {sorted(unknown)} any more.", hint=f"Suites are {sorted(SUITES)}.")
    suites = [_suite(with_metrics(SUITES[name], added), samples, bars) for name, samples in by_suite.items()]
    suites += [SuiteResult(SUITES[name], skipped=why) for name, why in run.skipped.items()]
    outcome = verdict(
        [row for suite in suites for row in suite.rows],
        [score for suite in suites for score in suite.scores],
        skipped=[f"{name}: {why}" for name, why in run.skipped.items()],
        sockets=run.sockets,
        allow_skip=allow_skip,
    )
    return RunResult(tuple(suites), outcome, run.sockets)


def _suite(suite: Suite, samples: Sequence[Sample], bars: Sequence[Bar]) -> SuiteResult:
    collected = Collected(tuple(s.case for s in samples), tuple(s.observation for s in samples))
    return scored(suite, collected, bars)
