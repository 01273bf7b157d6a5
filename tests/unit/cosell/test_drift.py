from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from assistant.cosell.drift import drifted
from assistant.cosell.history import Need, PastDeal

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


def deals(shares: dict[str, float], *, count: int, since: date, seed: int) -> list[PastDeal]:
    dice = random.Random(seed)
    products = dice.choices(list(shares), weights=list(shares.values()), k=count)
    return [
        PastDeal(
            f"{since}-{n}", Need(day=since + timedelta(days=n % 90), traits=(f"product:{p}", "country:DE")), ("a",)
        )
        for n, p in enumerate(products)
    ]


def test_deals_of_other_products_than_the_model_knows_are_named() -> None:
    past = deals({"keep": 0.8, "ledge": 0.2}, count=300, since=FIRST, seed=1)
    past += deals({"keep": 0.3, "ledge": 0.7}, count=60, since=LAST + timedelta(days=1), seed=2)
    assert drifted(past, first=FIRST, last=LAST) == ("product",)


def test_a_new_product_is_a_shift_too() -> None:
    past = deals({"keep": 1.0}, count=300, since=FIRST, seed=1)
    past += deals({"keep": 0.5, "brand-new": 0.5}, count=60, since=LAST + timedelta(days=1), seed=2)
    assert drifted(past, first=FIRST, last=LAST) == ("product",)


def test_chance_is_no_drift() -> None:
    shares = {"keep": 0.4, "ledge": 0.3, "lantern": 0.2, "rare": 0.1}
    named = 0
    for seed in range(100):
        past = deals(shares, count=300, since=FIRST, seed=seed)
        past += deals(shares, count=35, since=LAST + timedelta(days=1), seed=1000 + seed)
        named += bool(drifted(past, first=FIRST, last=LAST))
    assert named <= 3  # 1 % by construction


@pytest.mark.parametrize("count", [0, 29])
def test_a_few_deals_say_nothing(count: int) -> None:
    past = deals({"keep": 1.0}, count=300, since=FIRST, seed=1)
    past += deals({"ledge": 1.0}, count=count, since=LAST + timedelta(days=1), seed=2)
    assert drifted(past, first=FIRST, last=LAST) == ()
