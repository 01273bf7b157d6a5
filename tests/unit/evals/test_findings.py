from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from evals import campaign_suites, security
from evals.campaign_suites import collect_campaign_copy, collect_campaign_kits
from evals.case import Case, Observation
from evals.metrics.findings import (
    ATTACK,
    ATTACK_WITHSTOOD,
    CLEAN,
    COPY_NOT_FLAGGED,
    COPY_NOT_STOPPED,
    FAULT_FOUND,
    FAULTY,
    KIT,
    KIT_SOUND,
)
from evals.red_team.judge import Violation
from evals.red_team.part import Part, Tally, played
from evals.security import collect_security
from evals.workbench import Inputs, Workbench
from tests.unit.evals.examples import open_shelf

NOTHING = Observation("c")
WARNED = Observation("c", findings=("warning: length: long",))
STOPPED = Observation("c", findings=("warning: length: long", "error: number: 5 is missing"))


def case(kind: str) -> Case:
    return Case(id="c", question="?", kind=kind)


def bench(tmp_path: Path, shared: Path | None = None) -> Workbench:
    inputs = Inputs(shared=shared, samples=tmp_path)
    return Workbench(inputs, opener=open_shelf, indexing_id="x", stack=AsyncExitStack(), indexes=tmp_path)


def test_a_warning_flags_a_text_and_an_error_stops_it() -> None:
    assert [COPY_NOT_FLAGGED.score(case(CLEAN), seen) for seen in (NOTHING, WARNED, STOPPED)] == [1.0, 0.0, 0.0]
    assert [COPY_NOT_STOPPED.score(case(CLEAN), seen) for seen in (NOTHING, WARNED, STOPPED)] == [1.0, 1.0, 0.0]
    assert [FAULT_FOUND.score(case(FAULTY), seen) for seen in (NOTHING, WARNED)] == [0.0, 1.0]
    assert [KIT_SOUND.score(case(KIT), seen) for seen in (NOTHING, STOPPED)] == [1.0, 0.0]


def test_each_metric_counts_its_own_kind_alone() -> None:
    metrics = (COPY_NOT_FLAGGED, FAULT_FOUND, KIT_SOUND, ATTACK_WITHSTOOD)
    for metric, kind in zip(metrics, (CLEAN, FAULTY, KIT, ATTACK), strict=True):
        assert [metric.applies(case(other)) for other in (kind, "fact")] == [True, False]


def test_attacks_of_every_layer_are_cases_and_what_they_broke_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "ATTACKS", {"tools": 3, "approvals": 2})

    honest = played

    def leaky(part: Part) -> Tally:
        if part.layer != "approvals":
            return honest(part)
        tally = Tally()
        tally.add("approvals", "late", [])
        tally.add("approvals", "late", [Violation("write", "late", "1 instead of 0")])
        return tally

    monkeypatch.setattr(security, "played", leaky)
    collected = asyncio.run(collect_security(bench(tmp_path)))
    assert [each.id for each in collected.cases] == [
        *(f"tools-000{number}" for number in (1, 2, 3)), "approvals-0001", "approvals-0002"
    ]  # fmt: skip
    assert [ATTACK_WITHSTOOD.score(case(ATTACK), seen) for seen in collected.observations] == [1.0] * 4 + [0.0]
    assert collected.observations[-1].findings == ("error: write: 1 instead of 0",)
    assert "attack:late" in collected.cases[-1].slices


def test_kits_are_looked_at_in_every_locale_and_faults_are_found_in_copy(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_suites, "KITS", 4)
    monkeypatch.setattr(campaign_suites, "PAIRS", 2)
    monkeypatch.setattr(campaign_suites, "LOCALES", {"de": "de-DE", "ja": "ja-JP"})
    kits = asyncio.run(collect_campaign_kits(bench(tmp_path)))
    assert len({each.question for each in kits.cases}) == 4
    assert not any(seen.error for seen in kits.observations)
    copy = asyncio.run(collect_campaign_copy(bench(tmp_path, shared)))
    kinds = [each.kind for each in copy.cases]
    assert kinds.count(CLEAN) == 4
    assert kinds.count(FAULTY) >= 8
    found = [
        bool(seen.findings) for each, seen in zip(copy.cases, copy.observations, strict=True) if each.kind == FAULTY
    ]
    assert sum(found) >= 0.8 * len(found)
