"""How long the assistant takes: warm answers beside bare query embeddings, a cold start, an unchanged ingest."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path

from assistant.domain.people import ANONYMOUS
from evals.case import Case, Observation
from evals.collect import Collected, collect, timed
from evals.questions import load_questions
from evals.seal import is_sealed
from evals.target import Target
from evals.workbench import ROOT, SuiteSkipped, Workbench

COLD_STARTS = 3
CALLED = "from integrations.cli import main; main()"
SEALED = "from evals.seal import seal_for_good; seal_for_good(); "


async def collect_operations(bench: Workbench) -> Collected:
    """Every question asked once warm and embedded once; then the command line, started fresh."""
    corpus = bench.inputs.corpus_folder()
    questions = load_questions(bench.inputs.questions_file())
    if not questions:
        raise SuiteSkipped("the question file is empty: set --questions")
    target = await bench.target(corpus)
    await target.ask(questions[0].question, requester=ANONYMOUS)
    data = bench.data_folder(corpus)
    cases = [_timing(case, "ask_p50_ms") for case in questions]
    cases += [_timing(case, "embed_p50_ms") for case in questions]
    cases += [_timing(replace(questions[0], id=f"start-{n}"), "cold_start_s") for n in range(COLD_STARTS)]
    cases.append(_timing(replace(questions[0], id="unchanged"), "reingest_s"))

    async def observe(case: Case) -> Observation:
        if case.kind == "ask_p50_ms":
            answer = await target.ask(case.question, requester=ANONYMOUS)
            return Observation(case_id=case.id, answer=answer, milliseconds=answer.milliseconds)
        return Observation(case_id=case.id, milliseconds=await _measure(case, target, corpus=corpus, data=data))

    return await collect(cases, observe)


def _timing(case: Case, kind: str) -> Case:
    return replace(case, id=f"{case.id} {kind}", kind=kind)


async def _measure(case: Case, target: Target, *, corpus: Path, data: Path) -> float:
    match case.kind:
        case "embed_p50_ms":
            # One blank more than was asked, so that no cache answers.
            return await timed(target.embed(f"{case.question} "))
        case "cold_start_s":
            return await _command("ask", case.question, data=data)
        case _:
            return await _command("ingest", str(corpus), data=data)


async def _command(*words: str, data: Path) -> float:
    """Milliseconds from start to exit of a `liaison` command; RuntimeError with its last words when it fails."""
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *("env", f"LIAISON_DATA={data}", sys.executable, "-c", SEALED + CALLED if is_sealed() else CALLED, *words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    took = (time.perf_counter() - start) * 1_000
    if process.returncode != 0:
        raise RuntimeError(f"liaison {words[0]} ended with {process.returncode}: {output.decode()[-300:]}")
    return took
