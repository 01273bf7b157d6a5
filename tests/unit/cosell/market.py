"""A made-up history in which who joins what is known, so that a model can be judged by what it should have found."""

from __future__ import annotations

import random
from datetime import date, timedelta

from assistant.cosell.history import Need, PastDeal

FIRST = date(2020, 1, 6)


def market(*, deals: int = 400, partners: int = 40, seed: int = 3) -> list[PastDeal]:
    """Deals, one a day, of four products; partner n sells product n mod 4 and comes back to accounts it knows."""
    dice = random.Random(seed)
    known: dict[str, list[str]] = {}
    made = []
    for number in range(deals):
        account, product = f"account-{dice.randrange(60)}", number % 4
        near = [f"partner-{place:02}" for place in range(product, partners, 4)]
        joined = {dice.choice(near), dice.choice(near)}
        if known.get(account) and dice.random() < 0.7:
            joined.add(dice.choice(known[account]))
        known.setdefault(account, []).extend(sorted(joined))
        need = Need(day=FIRST + timedelta(days=number), account=account, traits=(f"product:{product}",))
        made.append(PastDeal(f"deal-{number:04}", need, tuple(sorted(joined)), won=dice.random() < 0.4))
    return made
