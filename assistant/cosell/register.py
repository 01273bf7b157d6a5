"""The co-sell history, partners and protected deals of a PRM, read once for many recommendations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from assistant.cosell.history import Need, PastDeal, value_traits, words_of
from assistant.cosell.wins import Closed
from assistant.deals.names import normalised
from assistant.domain.accounts import Account, Customer
from assistant.domain.cosell import CoSellRole, Opportunity, Outcome
from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.money import Money
from assistant.domain.partners import Partner
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden
from assistant.ports.prm import LARGEST_PAGE, DealQuery, Page, PartnerQuery, Prm, Window

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Register:
    """What the PRM knows that co-selling needs. Opportunities are in the order in which they were opened."""

    partners: dict[str, Partner]
    accounts: dict[str, Account]
    opportunities: dict[str, Opportunity]
    protected: tuple[DealRegistration, ...]

    def past(self, *, before: date) -> list[PastDeal]:
        """The opportunities opened before a day; the lead counts as present, the others as those who joined it."""
        deals = (self._past(item, before=before) for item in self.opportunities.values() if item.opened < before)
        return sorted(deals, key=lambda deal: (deal.need.day, deal.id))

    def closed(self, *, before: date) -> list[Closed]:
        """The opportunities whose end was known before a day."""
        return [
            Closed(tuple(member.partner_id for member in item.team), item.product, item.outcome is Outcome.WON)
            for item in self.opportunities.values()
            if item.outcome is not Outcome.OPEN and item.closed is not None and item.closed < before
        ]

    def _past(self, item: Opportunity, *, before: date) -> PastDeal:
        leads = tuple(member.partner_id for member in item.team if member.role is CoSellRole.LEAD)
        account = self.accounts.get(item.account_id)
        need = need_of(
            account.customer if account else None,
            day=item.opened,
            account_id=item.account_id,
            product=item.product,
            value=item.value,
            present=leads,
        )
        ended = item.outcome is not Outcome.OPEN and item.closed is not None and item.closed < before
        return PastDeal(
            id=item.id,
            need=need,
            partners=tuple(member.partner_id for member in item.team),
            won=item.outcome is Outcome.WON if ended else None,
        )


def need_of(
    customer: Customer | None,
    *,
    day: date,
    account_id: str = "",
    product: str = "",
    value: Money | None = None,
    text: str = "",
    present: tuple[str, ...] = (),
) -> Need:
    """A need from the fields of records; value bands are per currency, for amounts are not converted."""
    places = (("product", product), ("country", customer.country if customer else ""))
    traits = [f"{group}:{found}" for group, found in places if found]
    traits += [f"industry:{customer.industry}"] if customer and customer.industry else []
    if value is not None:
        traits += [f"{trait} {value.currency}" for trait in value_traits(float(value.amount))]
    words = words_of(f"{without_form(customer.name) if customer else ''} {text}")
    return Need(day=day, account=account_id, traits=tuple(traits), words=words, present=present)


def without_form(name: str) -> str:
    """A company's name as it is written but for its legal form, which many share that have nothing in common."""
    telling = set(normalised(name).words)
    return " ".join(word for word in name.split() if telling & set(normalised(word).words))


async def read_register(prm: Prm, requester: Requester) -> Register:
    """The register of the requester's tenant; raises Forbidden for everybody but channel managers and administrators.

    Recommendations rest on all partners' deals, which no partner may learn of.
    """
    for_managers(requester)
    partners = await everything(lambda window: prm.find_partners(PartnerQuery(), requester=requester, window=window))
    accounts = await everything(lambda window: prm.find_accounts("", requester=requester, window=window))
    past = await everything(lambda window: prm.opportunities(requester=requester, window=window))
    protected: list[DealRegistration] = []
    for state in (DealState.APPROVED, DealState.ACTIVE):
        query = DealQuery(state=state)
        protected += await everything(lambda window, q=query: prm.find_deals(q, requester=requester, window=window))  # type: ignore[misc]  # q is bound now
    return Register(
        partners={item.id: item for item in partners},
        accounts={item.id: item for item in accounts},
        opportunities={item.id: item for item in sorted(past, key=lambda item: (item.opened, item.id))},
        protected=tuple(protected),
    )


def for_managers(requester: Requester) -> None:
    """Raises Forbidden for everybody but channel managers and administrators."""
    if requester.role not in {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}:
        raise Forbidden(
            "Co-sell recommendations rest on all partners' deals; only channel managers see them.",
            hint="Ask your channel manager who could join your deal.",
        )


async def everything(read: Callable[[Window], Awaitable[Page[T]]]) -> list[T]:
    """All items of all pages."""
    found: list[T] = []
    window = Window(limit=LARGEST_PAGE)
    while True:
        page = await read(window)
        found += page.items
        if not page.cursor:
            return found
        window = Window(limit=LARGEST_PAGE, cursor=page.cursor)
