from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np

from assistant.domain.gap import AskedQuestion, Asker, GapRecord
from assistant.gaps.cluster import Clustered, cluster, vector_of
from assistant.ports.embedder import Vector
from tests.contract.conversation_stores import LENA_ELSEWHERE, NOON
from tests.contract.test_gap_stores import ASKED

LEASING = ["Is there a leasing programme?", "is there a leasing programme for partners", "A leasing programme?"]
OTHERS = ["Who pays customs duties?", "Is there a student discount?"]


def questions(*texts: str, language: str = "en") -> list[AskedQuestion]:
    return [
        replace(ASKED, answer_id=f"q{n}", question=text, language=language, first_at=NOON + timedelta(minutes=n))
        for n, text in enumerate(texts)
    ]


def vector(text: str) -> Vector:
    """Near for questions about the same thing, right angles else."""
    axes = ["leasing", "customs", "student"]
    found = np.array([float(axis in text.lower()) for axis in axes] + [0.1], dtype=np.float32)
    return np.asarray(found / np.linalg.norm(found), dtype=np.float32)


def clustered(asked: list[AskedQuestion], gaps: tuple[GapRecord, ...] = ()) -> Clustered:
    return cluster(asked, gaps, {q.answer_id: vector(q.question) for q in asked}, fingerprint="test")


def test_wordings_of_one_question_are_one_gap_opened_by_the_first() -> None:
    made = clustered(questions(*LEASING, *OTHERS))
    assert [gap.question for gap in made.opened] == [LEASING[0], *OTHERS]
    assert [made.members[f"q{n}"] for n in range(5)] == ["q0", "q0", "q0", "q3", "q4"]
    np.testing.assert_allclose(vector_of(made.opened[0]), vector(LEASING[0]))


def test_the_order_they_come_in_does_not_matter() -> None:
    asked = questions(*LEASING, *OTHERS)
    expected = clustered(asked)
    for seed in range(5):
        shuffled = random.Random(seed).sample(asked, len(asked))
        assert clustered(shuffled) == expected


def test_questions_in_two_languages_or_of_two_tenants_are_two_gaps() -> None:
    german = replace(questions(LEASING[0], language="de")[0], answer_id="de")
    theirs = replace(questions(LEASING[0])[0], answer_id="theirs", asker=Asker.of(LENA_ELSEWHERE))
    assert len(clustered([*questions(LEASING[0]), german, theirs]).opened) == 3


def test_questions_that_lie_near_without_a_word_in_common_stay_apart() -> None:
    asked = questions(LEASING[0], "Leasingraten?")
    assert len(clustered(asked).opened) == 2


def test_a_new_question_joins_the_gap_that_is_there() -> None:
    [kept] = clustered(questions(LEASING[0])).opened
    made = clustered([replace(questions(LEASING[1])[0], answer_id="new")], (kept,))
    assert made.opened == ()
    assert made.members == {"new": kept.id}
