"""Which partner a question is about: one's own, or for the vendor's people the one they name."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from pydantic import Field

from assistant.cosell.register import everything
from assistant.domain.approvals import Source
from assistant.domain.partners import Partner
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, Problem, RecordNotFound
from assistant.ports.prm import PartnerQuery, Prm, Window
from assistant.tools.origin import Origin, named_in, origin_of
from assistant.tools.tool import Inputs, ToolCall

MOST = 10


class PartnerInputs(Inputs):
    """Which partner."""

    partner: str = Field(
        "", max_length=120, description="For channel managers: the partner's name or id. Partners leave it empty."
    )


def acting_for(requester: Requester, partner_id: str) -> Requester:
    """Who a write is made for: the partner that one of the vendor's people names, else the requester."""
    if requester.role is Role.PARTNER or not partner_id:
        return requester
    return replace(requester, role=Role.PARTNER, partner_id=partner_id)


def partner_origin(partner: Partner, call: ToolCall) -> Origin:
    """Who named a partner: the requester by a name or the id, or nobody."""
    found = origin_of(partner.id, call.words, also=(partner.display_name, partner.legal_name))
    return Origin(Source.RECORD, found.quote) if found.source is Source.SAID and found.quote != partner.id else found


async def partner_meant(prm: Prm, said: str, call: ToolCall) -> str:
    """The partner's id. A partner gets its own whatever is said: a model cannot name another one for it.

    Raises InvalidRecord when nobody is named or several match, RecordNotFound when there is none.
    """
    if call.requester.role is Role.PARTNER:
        return await _own(prm, said, call)
    return (await partner_named(prm, said, call, field="partner")).id


async def partner_named(prm: Prm, said: str, call: ToolCall, *, field: str) -> Partner:
    """The partner of an id or a name, as the requester may see it. Raises as partner_meant."""
    named = said.strip()
    if not named:
        raise InvalidRecord.of(Problem(field, "missing", "is missing; ask the requester which partner"))
    with suppress(RecordNotFound):  # no id: a name, then
        return await prm.get_partner(named, requester=call.requester)
    page = await prm.find_partners(PartnerQuery(text=named), requester=call.requester, window=Window(limit=MOST))
    exact = [item for item in page.items if item.display_name.casefold() == named.casefold()]
    found = exact or list(page.items) or await _mentioned(prm, named, call)
    if not found:
        raise RecordNotFound(f"There is no partner {said!r} that the requester can see.", hint="Ask for its name.")
    named_whole = [item for item in found if any(named_in(item.display_name, text) for text in call.words.said[-1:])]
    found = named_whole if len(named_whole) == 1 else found
    if len(found) > 1:
        told = f"several partners match: {', '.join(item.id for item in found)}; ask the requester which one is meant"
        raise InvalidRecord.of(Problem(field, "ambiguous", told))
    return found[0]


async def _own(prm: Prm, said: str, call: ToolCall) -> str:
    """The requester's own id; somebody else's records do not exist for it."""
    own = call.requester.partner_id
    if said.strip():
        partner = await prm.get_partner(own, requester=call.requester)
        names = {partner.id.casefold(), partner.display_name.casefold(), partner.legal_name.casefold()}
        if said.strip().casefold() not in names:
            raise RecordNotFound(f"There is no {said!r} that the requester can see.", hint="Leave `partner` empty.")
    return own


async def _mentioned(prm: Prm, said: str, call: ToolCall) -> list[Partner]:
    """The partners that are named in these words of the requester's, but the requester's own."""
    if not call.words.stand(said):
        return []
    everybody = await everything(
        lambda window: prm.find_partners(PartnerQuery(), requester=call.requester, window=window)
    )
    others = [item for item in everybody if item.id != call.requester.partner_id]
    return [item for item in others if named_in(item.display_name, said) or named_in(item.legal_name, said)]
