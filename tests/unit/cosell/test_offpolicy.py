"""Off-policy estimates against a simulator whose true value is known."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.cosell.offpolicy import Logged, doubly_robust, snips

CHANCES = np.array([0.30, 0.12, 0.20, 0.05])  # of each option to bring something
LOGGING = (0.85, 0.05, 0.05, 0.05)
EVENLY = (0.25, 0.25, 0.25, 0.25)
TRUE = float(CHANCES @ np.array(EVENLY))
WRONG_MODEL = (0.9, 0.0, 0.5, 0.5)


def simulated(dice: np.random.Generator, *, choices: int, expected: tuple[float, ...]) -> list[Logged]:
    taken = dice.choice(4, size=choices, p=LOGGING)
    rewards = dice.random(choices) < CHANCES[taken]
    return [
        Logged(float(reward), int(place), LOGGING, EVENLY, expected)
        for place, reward in zip(taken, rewards, strict=True)
    ]


@pytest.mark.parametrize("estimate", [snips, doubly_robust])
def test_estimates_are_unbiased_and_their_intervals_cover_the_truth(estimate: object) -> None:
    assert callable(estimate)
    dice = np.random.default_rng(11)
    found = [estimate(simulated(dice, choices=1500, expected=WRONG_MODEL)) for _ in range(300)]
    values = np.array([item.value for item in found])
    off = abs(values.mean() - TRUE)
    assert off < 3 * values.std() / len(values) ** 0.5 + 0.001, off  # 0.001 for the ratio's bias of the order 1/n
    covered = np.mean([item.low <= TRUE <= item.high for item in found])
    assert 0.90 <= covered <= 0.99, covered


def test_the_plain_mean_of_what_was_logged_would_be_wrong() -> None:
    logged = simulated(np.random.default_rng(2), choices=4000, expected=WRONG_MODEL)
    assert np.mean([item.reward for item in logged]) > TRUE + 0.05


def test_a_good_model_narrows_the_doubly_robust_interval() -> None:
    good, bad = (
        doubly_robust(simulated(np.random.default_rng(3), choices=2000, expected=expected))
        for expected in (tuple(CHANCES.tolist()), WRONG_MODEL)
    )
    assert good is not None
    assert bad is not None
    assert good.high - good.low < bad.high - bad.low


def test_clipped_weights_are_counted_and_bound_what_one_choice_can_do() -> None:
    rare = Logged(1.0, 0, propensities=(0.001, 0.999), target=(1.0, 0.0), expected=(0.1, 0.1))
    usual = [Logged(0.0, 1, (0.5, 0.5), (0.5, 0.5), (0.1, 0.1))] * 99
    found = snips([rare, *usual], clip=20)
    assert found is not None
    assert (found.clipped, found.choices) == (1, 100)
    assert found.value == pytest.approx(20 / (20 + 99))
    assert found.effective < 40


def test_nothing_is_estimated_for_a_policy_that_would_do_nothing_that_was_done() -> None:
    never = [Logged(1.0, 0, (0.5, 0.5), (0.0, 1.0), (0.1, 0.1))] * 5
    assert snips(never) is None
    assert doubly_robust(never) is None
    assert snips([]) is None
    assert doubly_robust([]) is None
