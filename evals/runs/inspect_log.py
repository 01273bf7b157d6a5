"""A run as logs of inspect_ai (https://inspect.aisi.org.uk/eval-logs.html), one JSON file a suite, for its viewer."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from evals.row import Row
from evals.runs.folder import StoredRun
from evals.runs.sample import Sample

VERSION = 2  # of the log's schema


class Message(BaseModel):
    """What was asked or answered."""

    role: Literal["user", "assistant"]
    content: str


class Choice(BaseModel):
    """The answer."""

    message: Message
    stop_reason: Literal["stop"] = "stop"


class Output(BaseModel):
    """The answer as the output of a model."""

    model: str
    choices: list[Choice]


class Value(BaseModel):
    """What a metric says of a sample."""

    value: float | None


class Failure(BaseModel):
    """Why there is no answer."""

    message: str
    traceback: str = ""
    traceback_ansi: str = ""


class SampleLog(BaseModel):
    """A sample."""

    id: str
    epoch: int = 1
    input: str
    target: list[str]
    messages: list[Message]
    output: Output
    scores: dict[str, Value]
    metadata: dict[str, str]
    error: Failure | None


class MetricLog(BaseModel):
    """A mean over samples."""

    name: str
    value: float


class ScoreLog(BaseModel):
    """A metric over all samples."""

    name: str
    scorer: str
    scored_samples: int
    metrics: dict[str, MetricLog]


class Results(BaseModel):
    """The totals of a suite."""

    total_samples: int
    completed_samples: int
    scores: list[ScoreLog]


class Dataset(BaseModel):
    """Where the questions come from."""

    name: str
    samples: int
    sample_ids: list[str]


class Empty(BaseModel):
    """Options that are all as inspect_ai has them."""


class Spec(BaseModel):
    """What was run."""

    eval_id: str
    run_id: str
    created: str
    task: str
    task_id: str
    dataset: Dataset
    model: str
    config: Empty = Empty()
    packages: dict[str, str]
    metadata: dict[str, str]


class Log(BaseModel):
    """A log file."""

    version: int = VERSION
    status: Literal["success", "error"]
    eval: Spec
    results: Results
    samples: list[SampleLog]


def write_inspect(run: StoredRun, folder: Path) -> list[Path]:
    """A log for each suite of the run; the files written. A suite with an error in a sample has status `error`."""
    by_suite: dict[str, list[Sample]] = defaultdict(list)
    for sample in run.samples:
        by_suite[sample.suite].append(sample)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for suite, samples in by_suite.items():
        log = _log(run, suite, samples)
        path = folder / f"{log.eval.created.replace(':', '-')}_{suite.replace('_', '-')}_{log.eval.task_id}.json"
        path.write_text(log.model_dump_json(indent=1, exclude_none=True), encoding="utf-8")
        written.append(path)
    return written


def _log(run: StoredRun, suite: str, samples: Sequence[Sample]) -> Log:
    facts = run.manifest
    made = facts.get("made", "1970-01-01T00:00:00+00:00")
    key = hashlib.sha256(f"{made}{suite}{facts.get('commit', '')}".encode()).hexdigest()[:22]
    model = f"liaison/{facts.get('model') or 'extractive'}"
    whole = [row for row in run.rows if (row.suite, row.slice) == (suite, "all") and row.value is not None]
    broken = sum(bool(sample.observation.error) for sample in samples)
    return Log(
        status="error" if broken else "success",
        eval=Spec(
            eval_id=key,
            run_id=key,
            created=made,
            task=suite,
            task_id=key,
            dataset=Dataset(name=suite, samples=len(samples), sample_ids=[sample.case.id for sample in samples]),
            model=model,
            packages={name.removeprefix("package "): facts[name] for name in facts if name.startswith("package ")},
            metadata=facts,
        ),
        results=Results(
            total_samples=len(samples),
            completed_samples=len(samples) - broken,
            scores=[_score(row) for row in whole],
        ),
        samples=[_sample(sample, model) for sample in samples],
    )


def _score(row: Row) -> ScoreLog:
    mean = MetricLog(name="mean", value=row.value or 0.0)
    return ScoreLog(name=row.metric, scorer=row.metric, scored_samples=row.n, metrics={"mean": mean})


def _sample(sample: Sample, model: str) -> SampleLog:
    case, seen = sample.case, sample.observation
    answer = Message(role="assistant", content=seen.answer.text if seen.answer else "")
    return SampleLog(
        id=case.id,
        input=case.question,
        target=[gold.quote for gold in case.gold] or ["|".join(fact) for fact in case.facts],
        messages=[Message(role="user", content=case.question), answer],
        output=Output(model=model, choices=[Choice(message=answer)]),
        scores={name: Value(value=value) for name, value in sample.scores.items()},
        metadata={"language": case.language, "kind": case.kind, "status": seen.answer.status if seen.answer else ""},
        error=Failure(message=seen.error) if seen.error else None,
    )
