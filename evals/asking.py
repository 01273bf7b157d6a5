"""Suites over question files: what retrieval finds, and what the assistant answers."""

from __future__ import annotations

from pathlib import Path

from evals.case import Case, Observation
from evals.collect import Collected, collect
from evals.hygiene import require_clean
from evals.questions import load_english_wordings, load_questions
from evals.target import Target
from evals.workbench import Workbench


async def collect_retrieval(bench: Workbench) -> Collected:
    """The passages that the answerer gets for each question, and for its English wording where the file has one."""
    questions = bench.inputs.questions_file()
    cases = [*load_questions(questions), *load_english_wordings(questions)]
    target = await bench.target(bench.inputs.corpus_folder())

    async def observe(case: Case) -> Observation:
        requester = await target.requester(case.asked_as)
        passages = await target.retrieve(case.question, requester=requester)
        return Observation(case_id=case.id, passages=tuple(passages))

    return await collect(cases, observe)


async def collect_answers(bench: Workbench) -> Collected:
    """The answer to each question."""
    questions, corpus = bench.inputs.questions_file(), bench.inputs.corpus_folder()
    return await _answers(await bench.target(corpus), questions)


async def collect_samples(bench: Workbench) -> Collected:
    """The answer to each question of the sample programme, asked as the partner it names.

    Raises UsageError when the questions copy the content or lack split or canary.
    """
    samples = bench.inputs.sample_programme()
    require_clean(samples.questions, samples.content)
    return await _answers(await bench.target(samples.content, today=samples.today), samples.questions)


async def _answers(target: Target, questions: Path) -> Collected:
    cases = load_questions(questions)

    async def observe(case: Case) -> Observation:
        requester = await target.requester(case.asked_as)
        answer = await target.ask(case.question, requester=requester)
        return Observation(case_id=case.id, answer=answer, milliseconds=answer.milliseconds)

    return await collect(cases, observe)
