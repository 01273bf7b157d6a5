"""Answer, decline or ask back: signs of a conversation, and moves that are told of others than they were learned on."""

from __future__ import annotations

import numpy as np
import pytest

from evals.mtrag_un.deciding import FOLDS, by_threshold, f1, folds_of, judged, told
from evals.mtrag_un.task import Move, Task
from evals.mtrag_un.wording import LITTLE, little_words, rarity_in, wording_signs
from evals.multi_turn import Said

RARITY = rarity_in(["the flag of Ireland", "the flag of France", "deals are registered by partners", "a county"])


def task(*said: str, kind: str = "UNDERSPECIFIED") -> Task:
    """A conversation of questions and replies in turn."""
    spoken = tuple(Said(speaker="agent" if number % 2 else "user", text=text) for number, text in enumerate(said))
    return Task(task_id="t", conversation_id="c", Collection="govt", answerability=(kind,), input=spoken)


def test_what_is_spoken_of_as_known_and_was_never_said_is_counted() -> None:
    said = ("How do partners register deals?", "In the portal.", "Tell me about the colours of this tricolor flag.")
    signs = wording_signs(task(*said), RARITY)
    assert (signs["heads"], signs["unsaid"], signs["unsaid_pointing"], signs["first"]) == (2, 2, 1, 0)
    earlier = ("What is the flag of Ireland?", "A flag of three colours.", said[-1])
    assert wording_signs(task(*earlier), RARITY)["unsaid"] == 0


def test_a_name_that_nobody_said_before_is_new() -> None:
    said = ("What about Ireland?", "It has one.", "Which flag do Ireland and France share?")
    signs = wording_signs(task(*said), RARITY)
    assert (signs["names"], signs["new_names"]) == (2, 1)


def test_only_little_words_are_told_of_the_question_itself() -> None:
    row = little_words("Is this the county of the flag?")
    assert {word for word, has in zip(LITTLE, row, strict=True) if has} <= {"is", "this", "the", "of"}
    assert sum(row) >= 3


@pytest.mark.parametrize(("kind", "move"), [("PARTIAL", Move.ANSWER), ("UNANSWERABLE", Move.DECLINE)])
def test_what_is_right_comes_from_the_label(kind: str, move: Move) -> None:
    assert task("Why?", kind=kind).move is move


def test_a_conversation_is_never_learned_from_and_told_of_at_once() -> None:
    groups = np.array([f"c{number // 3}" for number in range(90)])
    folds = list(folds_of(groups, seed=4))
    assert len(folds) == FOLDS
    assert (np.sum(folds, axis=0) == 1).all()
    assert all(not set(groups[out]) & set(groups[~out]) for out in folds)


def test_what_signs_tell_is_learned_and_what_they_do_not_is_not() -> None:
    rng = np.random.default_rng(1)
    right = np.tile([0, 1, 2], 30)
    out = np.arange(90) < 45
    clear, noise = np.eye(3)[right] + rng.normal(0, 0.2, (90, 3)), rng.normal(size=(90, 3))
    assert np.mean(told(clear, right, iter([out]))[out] == right[out]) > 0.9
    assert np.mean(told(noise, right, iter([out]))[out] == right[out]) < 0.7


def test_a_threshold_declines_below_and_never_asks_back() -> None:
    right = np.array([0, 0, 1, 1] * 10)
    score = np.where(right == Move.ANSWER, 0.8, 0.3)
    groups = np.array([f"c{number}" for number in range(40)])
    said = by_threshold(score, right, folds_of(groups, seed=0))
    assert set(said.tolist()) == {Move.ANSWER, Move.DECLINE}
    assert f1(said, right) == [1.0, 1.0, 0.0]


def test_the_figures_are_those_of_the_table() -> None:
    right, said = np.array([0, 0, 1, 2]), np.array([0, 2, 1, 2])
    found = judged(said, right, np.array(["a", "b", "c", "d"]))
    assert found.by_move == pytest.approx((2 / 3, 1.0, 2 / 3))
    assert found.macro == pytest.approx(7 / 9)
    assert (found.declined, found.asked_back) == (0.0, 0.5)
    assert found.low <= found.macro <= found.high
