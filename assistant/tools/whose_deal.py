"""Whose a deal is, for the vendor's people; a partner hears of no other one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from assistant.domain.deals import DealRegistration
from assistant.domain.people import Requester, Role
from assistant.errors import NotOffered, RecordNotFound
from assistant.ports.prm import Prm


async def partners_told(prm: Prm, deals: Iterable[DealRegistration], requester: Requester) -> Mapping[str, str]:
    """The names of the partners of some deals by their ids; none for a partner, whose deals are its own.

    A partner that the PRM does not know, as one without partners knows none, is called by its id.
    """
    if not requester.known or requester.role is Role.PARTNER:
        return {}
    ids = tuple(dict.fromkeys(deal.partner_id for deal in deals if deal.partner_id))
    names = await asyncio.gather(*(_name(prm, each, requester) for each in ids))
    return dict(zip(ids, names, strict=True))


async def _name(prm: Prm, partner_id: str, requester: Requester) -> str:
    try:
        return (await prm.get_partner(partner_id, requester=requester)).display_name
    except (RecordNotFound, NotOffered):
        return partner_id
