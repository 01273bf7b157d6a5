"""Who could join a deal, ranked with reasons: for channel managers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from assistant.cosell.history import Need
from assistant.cosell.model import ScoringModel
from assistant.cosell.need import Described, of_deal, of_description
from assistant.cosell.recommend import Recommendation, Recommended, Recommender
from assistant.cosell.register import Register, read_register
from assistant.domain.accounts import Customer
from assistant.domain.money import Money
from assistant.domain.people import Requester, Role
from assistant.ports.prm import Prm
from assistant.tools.deal_form import Products
from assistant.tools.finding_deals import deal_meant
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Card, Inputs, Row, ToolCall, ToolResult
from prompts.messages import message

REASONS = 3


class NeedInputs(Inputs):
    """A deal by its id or customer, or a need in its parts."""

    deal: str = Field("", max_length=120, description="Id of the deal, or its customer's name.")
    product: str = Field("", max_length=120, description="The product, if no deal is named.")
    country: str = Field("", max_length=2, description="The customer's country, ISO 3166-1 alpha-2.")
    industry: str = Field("", max_length=120, description="The customer's industry.")
    amount: Decimal | None = Field(None, gt=0, description="The value, a plain number.")
    currency: str = Field("", max_length=3, description="ISO 4217 code.")
    capability: str = Field("", max_length=255, description="What the partner must be able to do, in words.")
    count: int = Field(3, ge=1, le=10, description="How many partners.")


@dataclass(frozen=True, slots=True)
class RecommendPartners:
    """Ranks partners by the model that was trained on the PRM's history; `model` opens it."""

    prm: Prm
    model: Callable[[], ScoringModel]
    products: Products
    name: ClassVar[str] = "recommend_partners"
    purpose: ClassVar[str] = (
        "Recommend partners for co-selling a deal or a described need, with reasons and who is excluded by which rule."
    )
    inputs: ClassVar[type[NeedInputs]] = NeedInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """The vendor's people: it rests on all partners' deals, which no partner may learn of."""
        return requester.role in {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}

    async def run(self, inputs: NeedInputs, call: ToolCall) -> ToolResult:
        """The first partners with their reasons. Raises SettingsError without a model, UsageError without a need."""
        register = await read_register(self.prm, call.requester)
        day = call.now.date()
        recommender = Recommender(register, self.model(), day=day)
        need = await self._need(inputs, call, register)
        found = await recommender.recommend(
            need, certificates=lambda name: self.prm.certifications(name, requester=call.requester), limit=inputs.count
        )
        return ToolResult(_text(found), card=_card(found, call.told_in))

    async def _need(self, inputs: NeedInputs, call: ToolCall, register: Register) -> Need:
        day = call.now.date()
        if inputs.deal:
            deal = await deal_meant(self.prm, inputs.deal, call)
            return await of_deal(self.prm, deal.id, requester=call.requester, register=register, day=day)
        value = Money(amount=inputs.amount, currency=inputs.currency) if inputs.amount and inputs.currency else None
        customer = Customer(name="", country=inputs.country.upper(), industry=inputs.industry)
        product = self.products.code(inputs.product)
        told = Described(customer=customer, product=product, value=value, text=inputs.capability)
        return of_description(told, register=register, day=day)


def _card(found: Recommendation, language: str) -> Card:
    rows = tuple(
        Row(_head(item), " ".join(_reasons(item, language)), foreign=True, record=item.partner.id)
        for item in found.ranked
    )
    notes: tuple[str, ...] = (
        message("cosell_counts", language, considered=str(found.considered), scored=str(found.scored)),
    )
    notes += (message("cosell_stale", language, day=str(found.trained_until)),) if found.stale else ()
    return Card(message("card_cosell", language), rows, notes)


def _head(item: Recommended) -> str:
    return f"{item.rank}. {item.partner.display_name} ({item.partner.id}), {item.chance:.0%}"


def _reasons(item: Recommended, language: str) -> list[str]:
    told = [reason.told(language) for reason in item.reasons if reason.points > 0][:REASONS]
    told += [message("cosell_counter", language, reason=item.counter.told(language))] if item.counter else []
    return told


def _text(found: Recommendation) -> str:
    lines = [f"{found.considered} partners considered, {found.scored} eligible. Chance is P(engages), calibrated."]
    lines += [f"{_head(item)}: {spotlit(' '.join(_reasons(item, 'en')))}" for item in found.ranked]
    return "\n".join(lines)
