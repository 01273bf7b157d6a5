"""Suites over a question file: what retrieval finds, and what the assistant answers."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.collect import Collected, collect
from evals.questions import load_questions
from evals.workbench import Workbench


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
    cases = load_questions(bench.inputs.questions_file())
    target = await bench.target(bench.inputs.corpus_folder())

    async def observe(case: Case) -> Observation:
        requester = await target.requester(case.asked_as)
        answer = await target.ask(case.question, requester=requester)
        return Observation(case_id=case.id, answer=answer, milliseconds=answer.milliseconds)

    return await collect(cases, observe)
