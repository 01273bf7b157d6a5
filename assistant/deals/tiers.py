"""How far a partner is on the way to the next tier of its programme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from assistant.domain.deals import DealRegistration
from assistant.domain.partners import Certification, Measure, Partner, Program, TierProgress


def measured(
    partner: Partner,
    program: Program,
    *,
    won: Sequence[DealRegistration],
    held: Sequence[Certification],
    today: date,
) -> dict[str, int]:
    """What the partner has of each measure; `won` are its deals won in the last twelve months."""
    valid = [item for item in held if item.valid_on(today)]
    levels = Counter(item.level for item in valid)
    return {
        "bookings": int(sum(program.counted(deal.draft.value) for deal in won)),
        "won_deals": len(won),
        "products": len({item.product for item in valid}),
        "specialisations": len(partner.specialisations),
        **{f"certified:{level}": count for level, count in levels.items()},
    }


def progress(partner: Partner, program: Program, *, have: dict[str, int]) -> TierProgress:
    """What the next tier asks for beside what the partner has."""
    tiers = sorted(program.tiers, key=lambda tier: tier.rank)
    rank = next((tier.rank for tier in tiers if tier.name == partner.tier), 0)
    following = next((tier for tier in tiers if tier.rank > rank), None)
    requirements = following.requirements if following else ()
    return TierProgress(
        partner_id=partner.id,
        tier=partner.tier,
        next_tier=following.name if following else "",
        measures=tuple(Measure(requirement=item, have=have.get(item.measure, 0)) for item in requirements),
    )
