from __future__ import annotations

from pathlib import Path

from rapidfuzz import fuzz

from evals.company_names import Score, by_identity, by_rapidfuzz, cross_validated, read


def test_companies_are_matched_better_than_by_plain_rapidfuzz(shared: Path) -> None:
    data = read(shared / "data" / "company-names")
    ours = cross_validated(data, by_identity(data, place=False))
    baseline = cross_validated(data, by_rapidfuzz(data, fuzz.token_set_ratio))
    assert ours.f1 >= 0.97
    assert ours.f1 > baseline.f1 + 0.03


def test_f1_is_the_harmonic_mean_and_zero_without_any_match() -> None:
    assert Score(precision=0.5, recall=1.0).f1 == 2 / 3
    assert Score(precision=0.0, recall=0.0).f1 == 0.0
