from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.crash.trial import Plan, Reference, named_plans, prepare, random_plan, run_trial

RANDOM = [random_plan(seed) for seed in range(8)]
# One of two named points: `python -m tests.e2e.crash.kill` takes them all.
PLANS = [*named_plans()[::2], *RANDOM]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return prepare(tmp_path_factory.mktemp("reference"))


@pytest.mark.slow
@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_after_a_kill_queries_go_on_and_a_second_run_ends_as_a_clean_one(
    plan: Plan, reference: Reference, tmp_path: Path
) -> None:
    outcome = run_trial(plan, reference, tmp_path / "trial")
    assert outcome.problems == ()
    assert outcome.killed or plan.delay is not None
    assert outcome.questions or plan.step == 0
    assert outcome.disk_ratio <= 3


def test_at_least_twenty_kills_are_tried_and_some_while_the_index_is_written() -> None:
    assert len(PLANS) >= 20
    assert sum(plan.point.startswith("build") for plan in PLANS) >= 5
