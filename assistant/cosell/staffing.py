"""A team proposal for a need from its ranking: who is worth most, with what each partner can do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from assistant.cosell.eligibility import uncertified
from assistant.cosell.history import Need
from assistant.cosell.recommend import Certificates, Recommender
from assistant.cosell.staff import Candidate, TeamProblem
from assistant.cosell.team import TOP, Proposal, propose
from assistant.domain.partners import Partner
from assistant.errors import UsageError


async def staffed(
    recommender: Recommender,
    need: Need,
    *,
    certificates: Certificates,
    wanted: Sequence[str] = (),
    size: int = 3,
    rivals: Sequence[Sequence[str]] = (),
) -> Proposal:
    """The best team of the 200 best partners, where a partner is worth its probability to engage.

    `wanted` are capabilities as `capabilities` names them; without any, the product and the industry of the need.
    `rivals` are
    groups of partners that never work together. Synergies of pairs are left out: the record does not show that they
    help.
    """
    groups = {name: f"group {number}" for number, group in enumerate(rivals) for name in group}
    unknown = sorted(name for name in groups if name not in recommender.register.partners)
    if unknown:
        raise UsageError(f"{', '.join(unknown)} is not a partner.", hint="See `liaison partners list`.")
    ranking = recommender.ranking(need)
    candidates: list[Candidate] = []
    for place in ranking.order:
        name = recommender.view.ledger.names[place]
        if uncertified(name, await certificates(name), ranking.case, recommender.policy) is None:
            chance = float(recommender.model.chances(np.array([ranking.scores[place]]))[0])
            held = capabilities(recommender.register.partners[name])
            candidates.append(Candidate(name, chance, held, exclusive=groups.get(name, "")))
        if len(candidates) == TOP:
            break
    problem = TeamProblem(candidates=tuple(candidates), needs=needed(need, wanted), size=size)
    return await asyncio.to_thread(propose, problem)


def needed(need: Need, wanted: Sequence[str]) -> tuple[str, ...]:
    """The capabilities a team must cover: those that are wanted, else the product and the industry of the need."""
    return tuple(wanted) or tuple(trait for trait in need.traits if trait.startswith(("product:", "industry:")))


def capabilities(partner: Partner) -> frozenset[str]:
    """What a partner can do: kind:integrator, product:keep, industry:finance, country:DE, tier:gold."""
    groups = {
        "kind": (partner.kind.value,),
        "tier": (partner.tier,),
        "product": partner.specialisations,
        "industry": partner.industries,
        "country": sorted(partner.countries),
    }
    return frozenset(f"{group}:{value}" for group, values in groups.items() for value in values)
