"""The need behind a deal registration, an account, or a description in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assistant.cosell.history import Need
from assistant.cosell.register import Register, need_of
from assistant.deals.identity import identity_of
from assistant.deals.matching import match
from assistant.domain.accounts import Account, Customer
from assistant.domain.deals_check import Likeness
from assistant.domain.money import Money
from assistant.domain.people import Requester
from assistant.errors import UsageError
from assistant.ports.prm import Prm


@dataclass(frozen=True, slots=True)
class Described:
    """A need as somebody tells it: any of a customer, a product, a value and words."""

    customer: Customer | None = None
    product: str = ""
    value: Money | None = None
    text: str = ""
    present: tuple[str, ...] = ()


async def of_deal(prm: Prm, deal_id: str, *, requester: Requester, register: Register, day: date) -> Need:
    """The need of a registration: its customer, product and value, with everybody who is on it already."""
    deal = await prm.get_deal(deal_id, requester=requester)
    engaged = await prm.engagement(deal_id, requester=requester)
    draft = deal.draft
    return need_of(
        draft.customer,
        day=day,
        account_id=deal.account_id or same_account(draft.customer, register.accounts.values()),
        product=draft.product,
        value=draft.value,
        text=draft.title,
        present=tuple(dict.fromkeys((deal.partner_id, *(member.partner_id for member in engaged.members)))),
    )


def of_description(told: Described, *, register: Register, day: date) -> Need:
    """The need somebody described; its customer is matched to the accounts as a duplicate check would.

    Raises UsageError when nothing of it says what kind of deal it is, or a partner named is not one.
    """
    if not told.product and not (told.customer and (told.customer.country or told.customer.name)):
        raise UsageError(
            "There is nothing to go by.", hint="Name a deal, an account, or at least a product or a country."
        )
    unknown = [name for name in told.present if name not in register.partners]
    if unknown:
        raise UsageError(f"{', '.join(unknown)} is not a partner.", hint="See `liaison partners list`.")
    return need_of(
        told.customer,
        day=day,
        account_id=same_account(told.customer, register.accounts.values()) if told.customer else "",
        product=told.product,
        value=told.value,
        text=told.text,
        present=told.present,
    )


def same_account(customer: Customer, accounts: Iterable[Account]) -> str:
    """The id of the account that is certainly or likely this customer, by the duplicate check; else empty."""
    mine = identity_of(customer)
    best, found = 0.0, ""
    for account in accounts:
        same = match(mine, identity_of(account.customer))
        if same is not None and same.likeness is not Likeness.POSSIBLE and same.score > best:
            best, found = same.score, account.id
    return found
