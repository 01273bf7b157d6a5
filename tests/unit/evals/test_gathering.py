from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from assistant.errors import UsageError
from evals.case import Case, Observation
from evals.collect import Collected
from evals.in_process import InProcessOpener
from evals.run import RunResult, run_suites
from evals.seal import sealed
from evals.suites import SUITES, Suite
from evals.workbench import Inputs, Workbench
from integrations.settings import Settings
from tests.unit.evals.examples import open_shelf


def run(tmp_path: Path, *names: str, jobs: int, turns: Path | None = None) -> tuple[RunResult, list[str]]:
    async def all_of() -> tuple[RunResult, list[str]]:
        told = list[str]()
        async with AsyncExitStack() as stack:
            seal = stack.enter_context(sealed())
            opener = InProcessOpener(Settings(_env_file=None))  # type: ignore[call-arg]
            bench = Workbench(Inputs(turns=turns), opener=opener, indexing_id="x", stack=stack, indexes=tmp_path)
            suites = [SUITES[name] for name in names]
            result = await run_suites(
                suites, bench, bars=[], allow_skip=True, announce=told.append, seal=seal, jobs=jobs
            )
        return result, told

    return asyncio.run(all_of())


def test_a_suite_in_a_process_beside_sees_what_it_sees_here(tmp_path: Path) -> None:
    (here, _), (beside, told) = (run(tmp_path, "campaign_copy", "campaign_kits", jobs=jobs) for jobs in (1, 2))
    assert here.suites[1].collected.cases == beside.suites[1].collected.cases
    assert here.suites[1].collected.observations == beside.suites[1].collected.observations
    assert here.rows == beside.rows
    assert beside.sockets == ()
    assert [suite.skipped for suite in beside.suites] == [suite.skipped for suite in here.suites]
    assert beside.suites[0].skipped, "without the public corpora there are no translations"
    assert [line.split()[:2] for line in told[1::2]] == [["skipped:", "no"], ["120", "cases"]]


def test_what_a_process_beside_refuses_is_refused_here(tmp_path: Path) -> None:
    (tmp_path / "turns.jsonl").write_text("{\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"turns\.jsonl:1"):
        run(tmp_path, "campaign_copy", "turns", jobs=2, turns=tmp_path / "turns.jsonl")


async def test_a_suite_that_broke_says_why_when_it_ends(tmp_path: Path) -> None:
    async def broken(_: Workbench) -> Collected:
        return Collected(
            (Case("a", "?"), Case("b", "?")), (Observation("a", error="Gone: no answer"), Observation("b"))
        )

    told = list[str]()
    suite = Suite(name="broken", about="Breaks.", metrics=("citation_hit",), collect=broken)
    async with AsyncExitStack() as stack:
        bench = Workbench(Inputs(), opener=open_shelf, indexing_id="x", stack=stack, indexes=tmp_path)
        await run_suites([suite], bench, bars=[], announce=told.append)
    assert told[0] == "broken: Breaks."
    assert told[1].startswith("  2 cases in ")
    assert told[1].endswith("; 1 broke, first: Gone: no answer")
