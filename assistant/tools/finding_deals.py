"""The one deal that somebody means by its id or its customer's name."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.deals.names import normalised, weak_words
from assistant.domain.approvals import Source
from assistant.domain.deals import DealRegistration
from assistant.domain.deals_lifecycle import OPEN
from assistant.errors import InvalidRecord, Problem, RecordNotFound
from assistant.ports.prm import LARGEST_PAGE, DealQuery, Prm, Window
from assistant.tools.origin import ON_RECORD, Origin, named_in, origin_of
from assistant.tools.tool import LONGEST_NAME, ToolCall

MOST = 20
UNNAMED = "is not named; ask the requester which one is meant"
TELLING = 5  # letters of a word that stands for a whole name


async def deal_meant(prm: Prm, said: str, call: ToolCall) -> DealRegistration:
    """The requester's deal with this id, else the one whose customer or title has these words; an open one first.

    Among several the one whose customer the requester named whole is meant. Raises RecordNotFound, and InvalidRecord
    with the ids when several are left: the requester is asked which.
    """
    named = said.strip()
    for spelling in dict.fromkeys((named, named.lower())):
        try:
            return await prm.get_deal(spelling, requester=call.requester)
        except RecordNotFound:
            continue
    page = await prm.find_deals(DealQuery(text=named), requester=call.requester, window=Window(limit=MOST))
    matching = list(page.items) or await _mentioned(prm, named, call)
    if not named or not matching:
        raise RecordNotFound(f"There is no deal {said!r} that the requester can see.", hint="Use list_deals first.")
    told = named_whole(matching, named) or named_whole(matching, _newest(call)) or matching
    found = [deal for deal in told if deal.state in OPEN] or told
    if len(found) > 1:
        message = f"several deals match: {', '.join(deal.id for deal in found)}; ask the requester which one is meant"
        raise InvalidRecord.of(Problem(field="deal", code="ambiguous", message=message))
    return found[0]


def named_whole(deals: Sequence[DealRegistration], text: str) -> list[DealRegistration]:
    """The deals whose customer a text names; not "Client 1" where it names "Client 10"."""
    names = {normalised(deal.draft.customer.name).compact for deal in deals if _customer_in(deal, text)}
    longest = {name for name in names if not any(name != other and name in other for other in names)}
    return [deal for deal in deals if normalised(deal.draft.customer.name).compact in longest]


def named_in_part(deals: Sequence[DealRegistration], text: str) -> list[DealRegistration]:
    """The deals of whose customer's name a text has a telling word: "Orrin" of "Orrin Foods GmbH"."""
    said = frozenset(normalised(text).words)
    return [deal for deal in deals if said & _telling(deal)]


def _telling(deal: DealRegistration) -> frozenset[str]:
    words = normalised(deal.draft.customer.name).words
    return frozenset(word for word in words if len(word) >= TELLING) - weak_words()


def _customer_in(deal: DealRegistration, text: str) -> bool:
    return named_in(deal.draft.customer.name, text)


def _newest(call: ToolCall) -> str:
    return call.words.said[-1] if call.words.said else ""


async def deal_origin(prm: Prm, deal: DealRegistration, call: ToolCall) -> Origin:
    """Who named the deal: the requester by its id or its customer, or nobody.

    Words that two customers of theirs share name neither: which of the two is not for a model to choose.
    """
    by_id = origin_of(deal.id, call.words)
    if by_id.source is not Source.MODEL:
        return by_id
    if not any(_customer_in(deal, said) or named_in_part([deal], said) for said in call.words.said):
        return by_id
    page = await prm.find_deals(DealQuery(), requester=call.requester, window=Window(limit=LARGEST_PAGE))
    theirs = [deal, *(each for each in page.items if each.id != deal.id)]
    if not any(_one_customer(deal, theirs, said) for said in call.words.said):
        return by_id
    by_customer = origin_of(deal.draft.customer.name, call.words)
    return Origin(Source.RECORD, by_customer.quote) if by_customer.source is Source.SAID else ON_RECORD


def _one_customer(deal: DealRegistration, deals: Sequence[DealRegistration], said: str) -> bool:
    """Whether a text names the customer of this deal and no other one, whole or else in part; open deals go first."""
    named = named_whole(deals, said) or named_in_part(deals, said)
    named = [each for each in named if each.state in OPEN] or named
    return {normalised(each.draft.customer.name).compact for each in named} == {
        normalised(deal.draft.customer.name).compact
    }


async def _mentioned(prm: Prm, said: str, call: ToolCall) -> list[DealRegistration]:
    """The requester's deals whose customer is named in these words of theirs, whole or else in part.

    Raises InvalidRecord when a whole message names none: the requester is asked.
    """
    if not call.words.stand(said):
        return []
    page = await prm.find_deals(DealQuery(), requester=call.requester, window=Window(limit=LARGEST_PAGE))
    found = named_whole(page.items, said) or named_in_part(page.items, said)
    if not found and said in {text[:LONGEST_NAME].strip() for text in call.words.said}:
        few = ", ".join(f"{deal.id} ({deal.draft.customer.name})" for deal in page.items[:5])
        told = f"{UNNAMED}: {few or 'they have none'}"
        raise InvalidRecord.of(Problem(field="deal", code="missing", message=told))
    return found
