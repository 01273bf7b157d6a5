from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import log2
from pathlib import Path

import pytest

from evals.case import Observation, SeenPassage
from evals.follow_ups import DATASET, load_follow_ups
from evals.metrics import METRICS
from evals.workbench import ROOT
from tests.unit.evals.examples import FEE, ONE, TERM, found

OURS = replace(ONE, slices=("all", "history:ours"))
ROWS = load_follow_ups()


def test_the_share_found_counts_gold_documents_among_the_first() -> None:
    one_of_two = found(("a.md", ""), ("fees.md", ""), ("fees.md", ""))
    both = found(("terms.md", ""), *[(f"{n}.md", "") for n in range(3)], ("fees.md", ""))
    late = found(*[(f"{n}.md", "") for n in range(5)], ("fees.md", ""))
    share = METRICS["found_5"].score
    assert [share(ONE, seen) for seen in (one_of_two, both, late, found())] == [0.5, 1.0, 0.0, 0.0]
    assert METRICS["found_10"].score(ONE, late) == 0.5


def test_a_gain_is_the_difference_to_the_baseline_of_the_same_case() -> None:
    seen = Observation(
        case_id="one",
        passages=(SeenPassage("fees.md", ""), SeenPassage("terms.md", "")),
        baseline=(SeenPassage("a.md", ""), SeenPassage("fees.md", "")),
    )
    assert METRICS["found_10_gain"].score(OURS, seen) == 0.5
    of_baseline = (1 / log2(3)) / (1 + 1 / log2(3))
    assert METRICS["ndcg_10_gain"].score(OURS, seen) == pytest.approx(1 - of_baseline)
    worse = replace(seen, passages=seen.baseline, baseline=seen.passages)
    assert METRICS["found_10_gain"].score(OURS, worse) == -0.5


def test_only_our_own_way_is_compared_with_the_baseline() -> None:
    assert METRICS["ndcg_10_gain"].applies(OURS)
    assert not METRICS["ndcg_10_gain"].applies(replace(ONE, slices=("history:last_turn",)))


def test_a_follow_up_is_resolved_by_the_gold_words_in_the_first_five_passages_that_are_read() -> None:
    resolved = METRICS["follow_up_resolved"].score
    fifth = [(f"{n}.md", "x") for n in range(4)] + [("fees.md", f"So: {FEE.quote}")]
    assert resolved(ONE, found(*fifth)) == 1.0
    assert resolved(ONE, found(("a.md", "x"), *fifth)) == 0.0
    assert resolved(ONE, found(("fees.md", ""), ("terms.md", TERM.quote))) == 1.0
    assert resolved(ONE, found(("fees.md", "The fee is 6 %."))) == 0.0


def test_the_follow_up_set_covers_six_languages_and_names_itself() -> None:
    languages = Counter(row.lang for row in ROWS)
    assert len(ROWS) >= 60
    assert set(languages) == {"en", "de", "fr", "es", "pt", "ja"}
    assert min(languages.values()) >= 8
    assert len({row.id for row in ROWS}) == len(ROWS)
    card = (DATASET.parent / "CARD.md").read_text(encoding="utf-8")
    (canary,) = {row.canary for row in ROWS}
    assert f"Canary: `{canary}`" in card
    for language, count in languages.items():
        assert f"{language} {count}" in card


def test_the_documents_of_the_follow_up_set_exist() -> None:
    content: Path = ROOT / "samples" / "content"
    assert [place.doc for row in ROWS for place in row.gold if not (content / place.doc).is_file()] == []


def test_the_question_in_full_is_not_one_of_the_turns_unless_the_topic_changes() -> None:
    same = [row.id for row in ROWS if row.standalone in row.turns and row.kind not in {"topic_change", "whole"}]
    assert same == []
