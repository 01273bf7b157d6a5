"""/v1/cosell/recommendations and the page /cosell: who should work a deal, why, why not others, and as which team."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.cosell.advice import Advice, advise
from assistant.cosell.desk import Asked, Staffing
from assistant.cosell.eligibility import Policy
from assistant.cosell.keeping import EXPLORE, Exposing
from assistant.cosell.need import Described
from assistant.cosell.register import for_managers
from assistant.domain.accounts import Customer
from assistant.domain.money import Money
from assistant.domain.people import Requester
from integrations.coselling import desk_of
from integrations.surfaces.cosell.page import shown
from integrations.surfaces.cosell.view import AdviceView
from integrations.surfaces.http.identity import NEEDS_KEY, Authenticate, Caller, allowed
from integrations.surfaces.http.pages import PageRoute, language_of, render, visitor
from integrations.surfaces.http.problems import documented
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of

MOST_PARTNERS, MOST_NAMED = 50, 10
WORD = r"^[^\x00-\x1f\x7f]*$"
ID = Annotated[str, Field(min_length=1, max_length=120, pattern=WORD, examples=["elbtal"])]
Text = Annotated[str, Field(max_length=120, pattern=WORD)]
Selling = Annotated[Caller, Depends(Authenticate(AccessScope.COSELL))]
Serving = Annotated[Service, Depends(service_of)]
router = APIRouter(tags=["co-sell"])
views = APIRouter(route_class=PageRoute, include_in_schema=False)


class ValueRequest(BaseModel):
    """What a deal is worth."""

    model_config = ConfigDict(extra="forbid")

    amount: Decimal = Field(gt=0, lt=Decimal(10) ** 15, examples=["40000"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])


class TeamRequest(BaseModel):
    """What a team must be. Without `needs` it covers the product and the industry of the need."""

    model_config = ConfigDict(extra="forbid")

    needs: list[ID] = Field(default=[], max_length=MOST_NAMED, examples=[["kind:integrator", "product:keep"]])
    size: int = Field(default=3, ge=1, le=20)
    rivals: list[Annotated[list[ID], Field(max_length=MOST_NAMED)]] = Field(
        default=[], max_length=MOST_NAMED, description="Groups of partners that never work together."
    )


class RecommendationRequest(BaseModel):
    """A deal, an account, or a need in its parts; and what to say of it besides the ranking."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "product": "keep",
                    "country": "DE",
                    "industry": "manufacturing",
                    "value": {"amount": "40000", "currency": "EUR"},
                    "why": ["elbtal"],
                    "team": {"needs": ["kind:integrator", "product:keep"], "size": 3},
                }
            ]
        },
    )

    deal: Text = Field(default="", description="Id of a deal registration; what it says counts then.")
    account: Text = Field(default="", description="Id of an account.")
    customer: Text = Field(default="", description="The customer's name; matched to the accounts.")
    product: Text = ""
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$", examples=["DE"])
    industry: Text = ""
    value: ValueRequest | None = None
    text: str = Field(default="", max_length=2_000, description="What the deal is about, in words.")
    present: list[ID] = Field(default=[], max_length=MOST_NAMED, description="Partners on the deal already.")
    count: int = Field(default=10, ge=1, le=MOST_PARTNERS)
    newer: int | None = Field(default=None, ge=0, le=MOST_PARTNERS, description="Places kept for newer partners.")
    explore: float = Field(default=EXPLORE, ge=0, le=1, description="Share of lists with the last of them drawn.")
    uncertified: bool = Field(default=False, description="Also partners without a valid certificate.")
    open_deals: int = Field(default=0, ge=0, le=10_000, description="Most protected deals a partner may have; 0: any.")
    why: list[ID] = Field(default=[], max_length=MOST_NAMED, description="Partners to answer “why not?” for.")
    team: TeamRequest | None = None
    language: str = Field(default="en", pattern=r"^[a-z]{2}$", description="Language of the sentences.")

    @property
    def asked(self) -> Asked:
        """What partners are wanted for."""
        customer = Customer(name=self.customer, country=self.country, industry=self.industry)
        value = Money(amount=self.value.amount, currency=self.value.currency) if self.value else None
        told = Described(customer, self.product, value, self.text, tuple(self.present))
        return Asked(self.deal, self.account, told)

    @property
    def staffing(self) -> Staffing | None:
        """What the team must be; None where none is wanted."""
        if self.team is None:
            return None
        rivals = tuple(tuple(group) for group in self.team.rivals)
        return Staffing(tuple(self.team.needs), self.team.size, rivals)


@router.post(
    "/v1/cosell/recommendations",
    summary="Recommend partners for a deal",
    responses=documented(400, *NEEDS_KEY, 404, 413, 422, 503, 504),
)
async def recommend(wanted: RecommendationRequest, caller: Selling, service: Serving) -> AdviceView:
    """For channel managers: ranked partners with chances, intervals and exact reasons, who is excluded by which rule,
    why each partner in `why` stands where it does, and with `team` the best team, its coverage, runner-up and prices.

    `wins` is an association in the record, not an effect. The list is logged with its propensities.
    """  # noqa: D205 - one sentence
    return AdviceView.of(await _advice(wanted, caller.requester, service), wanted.language)


@views.get("/cosell")
async def page(
    request: Request,
    caller: Annotated[Caller, Depends(visitor)],
    service: Serving,
    *,
    deal: Annotated[str, Query(max_length=120, pattern=WORD)] = "",
    why: Annotated[str, Query(max_length=120, pattern=WORD)] = "",
) -> Response:
    """The advice on a registered deal; without one, a form that asks for it."""
    allowed(caller, AccessScope.COSELL)
    for_managers(caller.requester)
    if not deal.strip():
        return render(request, "cosell.html", deal="", why="", advice=None)
    named = [why.strip()] if why.strip() else []
    wanted = RecommendationRequest(deal=deal.strip(), why=named, team=TeamRequest())
    told = shown(await _advice(wanted, caller.requester, service), language_of(request))
    return render(request, "cosell.html", status=200, deal=deal, why=why, **told)


async def _advice(wanted: RecommendationRequest, requester: Requester, service: Service) -> Advice:
    policy = Policy(certified=not wanted.uncertified, open_deals=wanted.open_deals)
    case = await desk_of(service.liaison).case(wanted.asked, requester=requester, policy=policy)
    exposing = Exposing(wanted.newer, wanted.explore)
    return await advise(case, limit=wanted.count, exposing=exposing, why=wanted.why, team=wanted.staffing)
