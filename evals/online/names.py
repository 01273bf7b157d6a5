"""Whom the records of an installation name: partners, customers and people, to be masked in what was asked."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from assistant.domain.accounts import Account, Contact
from assistant.domain.deals import DealRegistration
from assistant.domain.gap import AskedQuestion, Asker
from assistant.domain.partners import Partner
from assistant.domain.people import Requester, Role
from assistant.ports.prm import LARGEST_PAGE, DealQuery, Page, PartnerQuery, Prm, Window
from evals.online.masking import KnownNames
from integrations.bootstrap import Liaison

T = TypeVar("T")
EARLIER = timedelta(days=90)  # what was proposed before a question may still be what it is about
PERSON_TOLD = re.compile(r"(?:contact|team\[\d+\])\.(?P<part>first_name|last_name)")


async def names_known(
    liaison: Liaison, requester: Requester, asked: Sequence[AskedQuestion], *, since: datetime
) -> KnownNames:
    """The names that may stand in these questions.

    They are those of all partners and of the vendor's people, of the deals that the askers see in an embedded PRM with
    the people on them, of the register of accounts, and those that the agent was told to write for anybody of the
    tenant, whether they were written or not.
    """
    people = liaison.directory.people
    partners = {name for each in people.partners for name in (each.id, each.name)}
    contacts = [_contact(each.name) for each in people.staff]
    customers: set[str] = set()
    for proposed in await liaison.approvals.proposed_since(since - EARLIER, tenant=requester.tenant):
        told = [(each.name, value) for each in proposed.proposal.arguments for value in (each.value, each.before)]
        customers |= {value for name, value in told if name == "customer.name"}
        contacts += _people_told(told)
    if liaison.settings.prm == "embedded" and _there(liaison.prm_place):
        prm = liaison.prm.prm
        async for each in _all(partial(_partners, prm, requester)):
            partners |= {each.id, each.legal_name, each.display_name}
        for asker in _askers(asked, requester):
            async for deal in _all(partial(_deals, prm, asker)):
                customers.add(deal.draft.customer.name)
                contacts += (deal.draft.contact, *deal.draft.team)
        async for account in _all(partial(_accounts, prm, requester)):
            customers.add(account.customer.name)
    return KnownNames.of(partners=partners, customers=customers, people=contacts)


def _there(place: str | Path) -> bool:
    """Whether records exist; looking makes none."""
    return isinstance(place, str) or place.exists()


def _askers(asked: Sequence[AskedQuestion], requester: Requester) -> Iterable[Requester]:
    """Who sees the deals that these questions may be about: the partners who asked, or whoever sees all of them."""
    kinds = {each.asker for each in asked if each.asker.role is not None}
    if any(each.role is not Role.PARTNER for each in kinds):
        return [requester]
    return [_one_of(kinds, name).requester for name in sorted({each.partner_id for each in kinds})]


def _one_of(kinds: Iterable[Asker], partner_id: str) -> Asker:
    return next(each for each in kinds if each.partner_id == partner_id)


def _people_told(told: Iterable[tuple[str, str]]) -> Iterator[Contact]:
    """The people of a proposal, told by the parts of their names."""
    for name, value in told:
        match = PERSON_TOLD.fullmatch(name)
        if match and value:
            yield Contact(first_name=value) if match["part"] == "first_name" else Contact(last_name=value)


def _contact(name: str) -> Contact:
    first, _, last = name.strip().rpartition(" ")
    return Contact(first_name=first, last_name=last)


def _partners(prm: Prm, requester: Requester, window: Window) -> Awaitable[Page[Partner]]:
    return prm.find_partners(PartnerQuery(), requester=requester, window=window)


def _deals(prm: Prm, requester: Requester, window: Window) -> Awaitable[Page[DealRegistration]]:
    return prm.find_deals(DealQuery(), requester=requester, window=window)


def _accounts(prm: Prm, requester: Requester, window: Window) -> Awaitable[Page[Account]]:
    return prm.find_accounts("", requester=requester, window=window)


async def _all(page_of: Callable[[Window], Awaitable[Page[T]]]) -> AsyncIterator[T]:
    """Every item of a list, page by page."""
    cursor = ""
    while True:
        page = await page_of(Window(limit=LARGEST_PAGE, cursor=cursor))
        for item in page.items:
            yield item
        cursor = page.cursor
        if not cursor:
            return
