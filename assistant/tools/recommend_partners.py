"""Who could join a deal, ranked with reasons, and why not another: for channel managers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from assistant.cosell.desk import Asked, Case, CoSellDesk
from assistant.cosell.need import Described
from assistant.cosell.recommend import Recommendation, Recommended
from assistant.cosell.whynot import Explanation
from assistant.cosell.wording import cautions, counter, explanation, supporting
from assistant.domain.accounts import Customer
from assistant.domain.escalation import Topic
from assistant.domain.money import Money
from assistant.domain.people import Requester, Role
from assistant.domain.written import share_told
from assistant.errors import InvalidRecord, Problem
from assistant.ports.escalations import Escalations
from assistant.tools.deal_form import Products
from assistant.tools.escalate import handed_over
from assistant.tools.finding_deals import deal_meant
from assistant.tools.partner_meant import partner_named
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Card, Inputs, Row, ToolCall, ToolResult
from prompts.messages import message


class NeedInputs(Inputs):
    """A deal by its id or customer, or a need in its parts."""

    deal: str = Field("", max_length=400, description="Id of the deal, or its customer's name.")
    product: str = Field("", max_length=120, description="The product, if no deal is named.")
    country: str = Field("", max_length=2, description="The customer's country, ISO 3166-1 alpha-2.")
    industry: str = Field("", max_length=120, description="The customer's industry.")
    amount: Decimal | None = Field(None, gt=0, description="The value, a plain number.")
    currency: str = Field("", max_length=3, description="ISO 4217 code.")
    region: str = Field("", max_length=120, description="Where, in the requester's words.")
    capability: str = Field("", max_length=255, description="What the partner must be able to do, in words.")
    count: int = Field(3, ge=1, le=10, description="How many partners.")
    why: str = Field(
        "", max_length=400, description="A partner's name or id, when the requester asks why it or why not it."
    )


@dataclass(frozen=True, slots=True)
class RecommendPartners:
    """Ranks partners by the model that was trained on the PRM's history, and says why not another.

    It rests on all partners' deals, which no partner may learn of: a partner's need is handed to a channel manager.
    """

    cosell: CoSellDesk
    products: Products
    escalations: Escalations
    name: ClassVar[str] = "recommend_partners"
    purpose: ClassVar[str] = (
        "Recommend partners for co-selling a deal or a described need, with reasons and who is excluded by which rule. "
        "Also says why a certain partner is or is not recommended. What a partner needs is handed to a channel manager."
    )
    inputs: ClassVar[type[NeedInputs]] = NeedInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known: the vendor's people get names, partners a channel manager who looks for them."""
        return requester.known

    async def run(self, inputs: NeedInputs, call: ToolCall) -> ToolResult:
        """The first partners with their reasons. Raises SettingsError without a model, UsageError without a need."""
        if call.requester.role is Role.PARTNER:
            return await self._handed(inputs, call)
        case = await self.cosell.case(await self._asked(inputs, call), requester=call.requester)
        told = None
        if inputs.why:
            partner = await partner_named(self.cosell.prm, inputs.why, call, field="why")
            told = await case.explain(partner.id)
        found = await case.recommend(limit=inputs.count)
        return ToolResult(_text(found, told), card=_card(case, found, told, language=call.told_in))

    async def _handed(self, inputs: NeedInputs, call: ToolCall) -> ToolResult:
        """A partner's need, in their own words. Raises InvalidRecord with what a channel manager would have to ask."""
        told = {"capability": inputs.capability, "region": inputs.region or inputs.country}
        gaps = [] if inputs.deal else [name for name, value in told.items() if not value]
        if gaps:
            raise InvalidRecord.of(*(Problem(name, "missing", "is missing; ask the requester") for name in gaps))
        kept = await handed_over(self.escalations, call, topic=Topic.CO_SELL, messages=2)
        card = Card(message("cosell_handed", call.told_in, id=kept.id), (Row(kept.id, kept.words),))
        return ToolResult(f"Kept as {kept.id}: a channel manager looks for a partner. Name none yourself.", card=card)

    async def _asked(self, inputs: NeedInputs, call: ToolCall) -> Asked:
        if inputs.deal:
            return Asked(deal=(await deal_meant(self.cosell.prm, inputs.deal, call)).id)
        value = Money(amount=inputs.amount, currency=inputs.currency) if inputs.amount and inputs.currency else None
        customer = Customer(name="", country=inputs.country.upper(), industry=inputs.industry)
        product = self.products.code(inputs.product)
        return Asked(told=Described(customer=customer, product=product, value=value, text=inputs.capability))


def _card(case: Case, found: Recommendation, told: Explanation | None, *, language: str) -> Card:
    rows = [
        Row(
            _headed(item, language),
            " ".join([*supporting(item, language), counter(item, language)]),
            foreign=True,
            record=item.partner.id,
        )
        for item in found.ranked
    ]
    notes = [message("cosell_counts", language, considered=str(found.considered), scored=str(found.scored))]
    if told is not None:
        name = message("cosell_why", language, partner=told.partner.display_name)
        notes.append(f"{name} {' '.join(explanation(told, language))}")
    notes += cautions(found, case.recommender.register.partners, language)
    return Card(message("card_cosell", language), tuple(rows), tuple(notes))


def _headed(item: Recommended, language: str) -> str:
    """The partner with what its percentage means."""
    partner, chance = f"{item.partner.display_name} ({item.partner.id})", share_told(item.chance, language, decimals=0)
    return message("cosell_head", language, rank=str(item.rank), partner=partner, chance=chance)


def _head(item: Recommended) -> str:
    return f"{item.rank}. {item.partner.display_name} ({item.partner.id}), {item.chance:.0%}"


def _text(found: Recommendation, told: Explanation | None) -> str:
    lines = [f"{found.considered} partners considered, {found.scored} eligible. Chance is P(engages), calibrated."]
    for item in found.ranked:
        said = spotlit(" ".join([*supporting(item, "en"), counter(item, "en")]))
        lines.append(f"{_head(item)}: {said}")
    if told is not None:
        lines.append(f"About {told.partner.id}: {spotlit(' '.join(explanation(told, 'en')))}")
    return "\n".join(lines)
