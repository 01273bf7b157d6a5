"""`liaison eval judge RUN`: what a language model says of a run's answers, beside how far it agrees with people."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from rich.console import Console

from assistant.errors import UsageError
from evals.gate import SCORED_AT_LEAST, ExitCode
from evals.interval import bootstrap_interval
from evals.metrics.answered import answered
from evals.model_judge.criteria import GOOD, VERSION, Criterion, Graded
from evals.model_judge.grading import Grades, grades
from evals.model_judge.people import FILE, Agreement, agreement, rated
from evals.runs.folder import read_run
from evals.runs.sample import Sample
from evals.workbench import Inputs
from integrations.bootstrap import build
from integrations.settings import Settings


def judge_run(
    folder: Path, *, criterion: Criterion, settings: Settings, inputs: Inputs, people: int, console: Console
) -> ExitCode:
    """Judge the answers of a run and as many of the responses that people rated (0: all); judge-CRITERION.json in it.

    INVALID when less than 95 % of the grades can be read. Raises UsageError when there is no model or no answer, and
    SuiteSkipped when there are no rated responses: a judge that nobody has checked says nothing.
    """
    if not settings.model:
        raise _no_model()
    answers = [_graded(sample) for sample in read_run(folder).samples if answered(sample.case, sample.observation)]
    if not answers:
        raise UsageError(f"{folder} has no answers to judge.", hint="Judge a run of `answers` or `samples`.")
    rating = rated(inputs.shared_file(FILE), criterion)
    rating = rating[:: max(len(rating) // people, 1)][:people] if people else rating
    wanted = [*answers, *(graded for graded, _ in rating)]
    found = asyncio.run(grades(_model(settings), criterion, wanted))
    same = agreement(found.given, rating)
    good = [float(found.given.get(each.id, 0) > GOOD) for each in answers]
    interval = bootstrap_interval(good)
    console.print(
        f"{criterion} by {settings.model}, words {VERSION}: {interval.value:.3f} "
        f"({interval.low:.3f} … {interval.high:.3f}) of {len(answers)} answers are good; "
        f"agreement with people: {_agreed(same)}",
        soft_wrap=True,
    )
    told = {
        "criterion": criterion, "model": settings.model, "words": VERSION, "good": asdict(interval),
        "agreement": asdict(same), "grades": found.given, "missing": found.missing,
    }  # fmt: skip
    (folder / f"judge-{criterion}.json").write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    return _verdict(found, wanted, console)


def _agreed(same: Agreement) -> str:
    if not same.n:
        return "unknown, as no grade of a rated response can be read"
    return f"kappa {same.kappa:.3f}, AUROC {same.auroc:.3f} on {same.n} rated responses"


def _model(settings: Settings) -> BaseChatModel:
    made = build(settings).generation
    if made is None:
        raise _no_model()
    return made.writer.model


def _no_model() -> UsageError:
    return UsageError("No language model is set to judge.", hint="Say --model ROW:MODEL, or set LIAISON_MODEL.")


def _graded(sample: Sample) -> Graded:
    answer = sample.observation.answer
    passages = tuple(dict.fromkeys(citation.passage for citation in answer.citations)) if answer else ()
    key = f"{sample.suite}/{sample.case.id}"
    return Graded(key, (f"Question: {sample.case.question}",), passages, answer.text if answer else "")


def _verdict(found: Grades, wanted: Sequence[Graded], console: Console) -> ExitCode:
    """Answers without a grade count as not good; with too many of them the whole says nothing."""
    if found.missing:
        first = next(iter(found.missing.items()))
        console.print(f"{len(found.missing)} without a grade, first {first[0]}: {first[1]}", markup=False)
    if len(found.given) >= SCORED_AT_LEAST * len(wanted):
        return ExitCode.PASSED
    console.print("[red]Not valid:[/] fewer than 95 % of the grades can be read.")
    return ExitCode.INVALID
