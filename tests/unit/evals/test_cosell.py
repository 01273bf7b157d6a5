from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.cosell.ledger import Ledger
from assistant.cosell.reasons import Reason
from assistant.cosell.scatter import coverage, shapes
from assistant.cosell.training import replayed
from evals.cosell import OURS, RULE, gain, learnt, report, run
from evals.cosell_calibration import ece
from evals.cosell_data import read, split
from evals.cosell_honesty import judge
from evals.cosell_honesty import read as read_outcomes
from evals.cosell_reasons import checked, unsupported
from evals.cosell_speed import drawn_model, history, instance
from evals.cosell_suite import collected
from evals.gate import load_bars
from evals.run import scored
from evals.suites import SUITES
from tests.unit.cosell.market import FIRST, market


def written(folder: Path) -> Path:
    rows = [
        f"{deal.need.account},{partner},{deal.need.day},{1000 * (1 + int(deal.need.traits[0][-1]))}"
        for deal in market()
        for partner in deal.partners
    ]
    path = folder / "deals.csv"
    path.write_text("\n".join(["company_name,investor_name,funded_when,amount_usd", *rows]), encoding="utf-8")
    return path


def test_a_run_ranks_all_systems_on_the_same_later_deals(tmp_path: Path) -> None:
    until = (date.fromordinal(FIRST.toordinal() + 220), date.fromordinal(FIRST.toordinal() + 300))
    parts = split(read(written(tmp_path)), train_until=until[0], calibrate_until=until[1])
    assert max(deal.need.day for deal in parts.before) <= until[0] < parts.calibration[0].need.day
    result = run(parts)
    assert {len(rows) for rows in result.systems.values()} == {len(result.questions)}
    assert all(question[:10] > until[1].isoformat() for question in result.questions)
    mean = {name: np.mean([row.ndcg for row in rows]) for name, rows in result.systems.items()}
    assert mean[OURS] > mean["popularity"]
    assert gain(result, RULE).low <= gain(result, RULE).value <= gain(result, RULE).high
    assert all(name in report(result).lower() for name in ("popularity", "knn", "implicit", "lightgbm"))
    suite = collected(result)
    assert len(suite.cases) == len(result.questions) * len(result.systems)
    ours = scored(SUITES["cosell"], suite, load_bars()).rows
    found = {(row.metric, row.slice): row.value for row in ours}
    assert found["ndcg_10", "system:Liaison"] == pytest.approx(mean[OURS], abs=1e-6)
    assert found["ndcg_10_gain", "system:Liaison"] == pytest.approx(mean[OURS] - mean[RULE], abs=1e-6)


def test_reasons_are_checked_against_the_features_and_the_record(tmp_path: Path) -> None:
    until = (date.fromordinal(FIRST.toordinal() + 220), date.fromordinal(FIRST.toordinal() + 300))
    parts, ledger = split(read(written(tmp_path)), train_until=until[0], calibrate_until=until[1]), Ledger()
    model = learnt(parts, ledger)
    question = next(replayed(parts.test, since=parts.test[0].need.day, ledger=ledger))
    found = list(checked(question, model))
    assert all(item.off < 1e-6 and item.said == item.found and not item.unsupported for item in found)


def test_a_number_that_no_fact_holds_is_found() -> None:
    lying = Lying("product", 1.0, "activity", ())
    assert unsupported(lying, "en") == ("12",)


class Lying(Reason):
    def told(self, language: str) -> str:
        return f"It sold 12 times ({language})."


def test_the_same_file_gives_the_same_partners_on_the_deal(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert [deal.need.present for deal in read(path)] == [deal.need.present for deal in read(path)]
    assert 0.3 < np.mean([bool(deal.need.present) for deal in read(path) if len(deal.partners) > 1]) < 0.7


def test_calibration_error_is_the_distance_between_said_and_happened() -> None:
    said = np.full(100, 0.3)
    assert ece(said, np.arange(100) % 10 < 3) == pytest.approx(0.0)
    assert ece(said, np.ones(100, dtype=bool)) == pytest.approx(0.7)


def test_counts_drawn_from_the_predicted_scatter_are_covered_nine_times_in_ten() -> None:
    dice = np.random.default_rng(1)
    mean = np.full(20_000, 2.0)
    counts = dice.poisson(mean * dice.gamma(3.0, 1 / 3.0, size=mean.size)).astype(np.float64)
    assert coverage(mean, counts, shape=3.0) == pytest.approx(0.90, abs=0.01)
    assert coverage(mean, counts, shape=50.0) < 0.85
    _, found, *_ = shapes(mean, counts, np.ones(mean.size, dtype=np.intp))
    assert found == pytest.approx(3.0, rel=0.15)


def test_nobody_is_said_to_sell_better_where_nobody_does(shared: Path) -> None:
    found = judge(read_outcomes(shared / "data" / "maven-crm" / "sales_pipeline.csv"))
    assert (found.flagged, found.flagged_pairs) == (0, 0)
    assert found.brier < found.brier_usual + 0.005


def test_the_drawn_market_has_as_many_partners_as_asked() -> None:
    assert len(history(500).names) == 500
    assert len(drawn_model().weights) == 4
    assert len(instance(50, seed=1).candidates) == 50
