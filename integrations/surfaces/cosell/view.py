"""Co-sell advice as programs get it and pages show it: every number a field, every sentence made from fields."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from assistant.cosell import wording
from assistant.cosell.advice import Advice, TeamAdvice
from assistant.cosell.eligibility import Exclusion
from assistant.cosell.keeping import Kept
from assistant.cosell.team import Team
from assistant.cosell.whynot import Explanation
from integrations.surfaces.cosell.partner_view import PartnerView


class ExcludedView(BaseModel):
    """A partner that cannot work the deal, and the rule and value of a record that decided."""

    id: str
    name: str
    rule: str = Field(examples=["territory"])
    found: str = Field(examples=["IT"])
    told: str


class LeadView(BaseModel):
    """By how many points the first partner is ahead in one family of reasons."""

    family: str
    points: float


class WhyView(BaseModel):
    """Why a partner stands where it does: `excluded`, or its numbers and what the first one is ahead by."""

    id: str
    name: str
    told: list[str]
    excluded: ExcludedView | None = None
    partner: PartnerView | None = None
    first: str = Field(default="", description="Id of the first partner.")
    leads: list[LeadView] = Field(description="They sum to the difference of both scores.")


class TeamView(BaseModel):
    """A team, what it is worth (partners expected to engage), and what no team can exceed."""

    partners: list[str]
    value: float
    bound: float | None
    proved: bool = Field(description="Whether no better team exists.")
    method: str


class CoveredView(BaseModel):
    """A needed capability and who of the best team has it."""

    capability: str = Field(examples=["product:keep"])
    partners: list[str]


class PriceView(BaseModel):
    """What a constraint costs: how much more a team would be worth without it."""

    constraint: str = Field(examples=["size"])
    costs: float


class ProposalView(BaseModel):
    """The best team, the runner-up, what is covered by whom, and what each constraint costs."""

    best: TeamView | None
    runner_up: TeamView | None
    coverage: list[CoveredView]
    uncovered: list[str]
    prices: list[PriceView]

    @classmethod
    def of(cls, team: TeamAdvice) -> ProposalView:
        """The view of a proposal."""
        found = team.proposal
        return cls(
            best=_team(found.best),
            runner_up=_team(found.runner_up),
            coverage=[
                CoveredView(capability=each.capability, partners=list(each.partner_ids)) for each in team.coverage
            ],
            uncovered=list(found.uncovered),
            prices=[PriceView(constraint=price.constraint, costs=price.costs) for price in found.prices],
        )


class ChoiceView(BaseModel):
    """A newer partner that could have had the drawn place, and how likely it was to get it."""

    id: str
    propensity: float


class KeptView(BaseModel):
    """Places kept for newer partners: who got them instead of whom, and how many fewer are expected to engage."""

    places: int
    given: list[str]
    displaced: list[str]
    cost: float
    choices: list[ChoiceView]

    @classmethod
    def of(cls, kept: Kept) -> KeptView:
        """The view of kept places."""
        choices = [ChoiceView(id=choice.partner_id, propensity=choice.propensity) for choice in kept.choices]
        return cls(
            places=kept.places,
            given=list(kept.given),
            displaced=list(kept.displaced),
            cost=kept.cost,
            choices=choices,
        )


class ModelView(BaseModel):
    """The model behind a list, and whether it should be trained again."""

    id: str
    trained_until: date
    stale: bool
    drifted: list[str]


class AdviceView(BaseModel):
    """Who should work a deal, who cannot and why, why not others, and as which team."""

    deal: str
    account: str = Field(description="The account that the customer was matched to; empty for a new one.")
    traits: list[str] = Field(examples=[["product:keep", "country:DE"]])
    present: list[str] = Field(description="Partners on the deal already.")
    day: date
    considered: int
    scored: int
    ranked: list[PartnerView]
    excluded: list[ExcludedView]
    why: list[WhyView]
    team: ProposalView | None
    kept: KeptView
    model: ModelView
    cautions: list[str]

    @classmethod
    def of(cls, advice: Advice, language: str) -> AdviceView:
        """The view of advice, with sentences in a language."""
        found, need = advice.recommendation, advice.need
        return cls(
            deal=advice.deal,
            account=need.account,
            traits=[trait for trait in need.traits if not trait.startswith(("band:", "value:"))],
            present=list(need.present),
            day=advice.day,
            considered=found.considered,
            scored=found.scored,
            ranked=[PartnerView.of(item, language) for item in found.ranked],
            excluded=[_excluded(item, advice, language) for item in found.excluded],
            why=[_why(item, advice, language) for item in advice.explanations],
            team=ProposalView.of(advice.team) if advice.team else None,
            kept=KeptView.of(found.kept),
            model=ModelView(
                id=found.model, trained_until=found.trained_until, stale=found.stale, drifted=list(found.drifted)
            ),
            cautions=wording.cautions(found, advice.partners, language),
        )


def _team(team: Team | None) -> TeamView | None:
    if team is None:
        return None
    return TeamView(
        partners=list(team.partner_ids), value=team.value, bound=team.bound, proved=team.proved, method=team.method
    )


def _excluded(item: Exclusion, advice: Advice, language: str) -> ExcludedView:
    partner = advice.partners[item.partner_id]
    told = wording.excluded(item, partner, language)
    return ExcludedView(id=partner.id, name=partner.display_name, rule=item.rule, found=item.found, told=told)


def _why(told: Explanation, advice: Advice, language: str) -> WhyView:
    return WhyView(
        id=told.partner.id,
        name=told.partner.display_name,
        told=wording.explanation(told, language),
        excluded=_excluded(told.excluded, advice, language) if told.excluded else None,
        partner=PartnerView.of(told.found, language) if told.found else None,
        first=told.first.partner.id if told.first else "",
        leads=[LeadView(family=lead.family, points=lead.points) for lead in told.leads],
    )
