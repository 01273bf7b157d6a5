"""Everything a page or a program shows of one case at once: the ranking, why not others, the team and its coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.cosell.desk import Case, Staffing
from assistant.cosell.history import Need
from assistant.cosell.keeping import Exposing
from assistant.cosell.recommend import USUAL, Recommendation
from assistant.cosell.staffing import capabilities, needed
from assistant.cosell.team import Proposal
from assistant.cosell.whynot import Explanation
from assistant.domain.partners import Partner


@dataclass(frozen=True, slots=True)
class Covered:
    """A capability that was needed, and who of the best team has it: nobody, if no candidate does."""

    capability: str
    partner_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamAdvice:
    """A proposal with what its best team covers."""

    proposal: Proposal
    coverage: tuple[Covered, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """One case as of `day`. `partners` are those of the tenant by id; `team` is None where none was asked for."""

    deal: str
    need: Need
    day: date
    recommendation: Recommendation
    explanations: tuple[Explanation, ...]
    team: TeamAdvice | None
    partners: Mapping[str, Partner]


async def advise(
    case: Case,
    *,
    limit: int = 10,
    exposing: Exposing = USUAL,
    why: Sequence[str] = (),
    team: Staffing | None = None,
) -> Advice:
    """The advice on a case; the list that is shown is logged. Raises RecordNotFound, UsageError for unknown rivals."""
    explanations = tuple([await case.explain(name) for name in dict.fromkeys(why)])
    staffed = await _staffed(case, team) if team else None
    found = await case.recommend(limit=limit, exposing=exposing)
    recommender = case.recommender
    return Advice(case.deal, case.need, recommender.day, found, explanations, staffed, recommender.register.partners)


async def _staffed(case: Case, wanted: Staffing) -> TeamAdvice:
    proposal = await case.team(wanted)
    members = proposal.best.partner_ids if proposal.best else ()
    partners = case.recommender.register.partners
    coverage = tuple(
        Covered(need, tuple(name for name in members if need in capabilities(partners[name])))
        for need in needed(case.need, wanted.needs)
    )
    return TeamAdvice(proposal, coverage)
