"""Suites over question files: what retrieval finds, and what the assistant answers."""

from __future__ import annotations

from pathlib import Path

from evals.case import Case, Observation
from evals.collect import Collected, collect
from evals.questions import load_questions
from evals.workbench import SuiteSkipped, Workbench


async def collect_retrieval(bench: Workbench) -> Collected:
    """The passages that the answerer gets for each question."""
    cases = load_questions(bench.inputs.questions_file())
    target = await bench.target(bench.inputs.corpus_folder())

    async def observe(case: Case) -> Observation:
        requester = await target.requester(case.asked_as)
        passages = await target.retrieve(case.question, requester=requester)
        return Observation(case_id=case.id, passages=tuple(passages))

    return await collect(cases, observe)


async def collect_answers(bench: Workbench) -> Collected:
    """The answer to each question."""
    return await _answers(bench, bench.inputs.questions_file(), bench.inputs.corpus_folder())


async def collect_samples(bench: Workbench) -> Collected:
    """The answer to each question of the sample programme, asked as the partner it names."""
    questions, content = bench.inputs.samples / "questions.jsonl", bench.inputs.samples / "content"
    if not questions.is_file() or not content.is_dir():
        raise SuiteSkipped(f"no sample programme at {bench.inputs.samples}: run `make samples`")
    return await _answers(bench, questions, content)


async def _answers(bench: Workbench, questions: Path, corpus: Path) -> Collected:
    cases = load_questions(questions)
    target = await bench.target(corpus)

    async def observe(case: Case) -> Observation:
        requester = await target.requester(case.asked_as)
        answer = await target.ask(case.question, requester=requester)
        return Observation(case_id=case.id, answer=answer, milliseconds=answer.milliseconds)

    return await collect(cases, observe)
