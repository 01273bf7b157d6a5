"""The one deal that somebody means by its id or its customer's name."""

from __future__ import annotations

from assistant.domain.approvals import Source
from assistant.domain.deals import DealRegistration
from assistant.domain.deals_lifecycle import OPEN
from assistant.errors import InvalidRecord, Problem, RecordNotFound
from assistant.ports.prm import LARGEST_PAGE, DealQuery, Prm, Window
from assistant.tools.origin import ON_RECORD, Origin, named_in, origin_of
from assistant.tools.tool import LONGEST_NAME, ToolCall

MOST = 20


async def deal_meant(prm: Prm, said: str, call: ToolCall) -> DealRegistration:
    """The requester's deal with this id, else the one whose customer or title has these words; an open one first.

    Raises RecordNotFound, and InvalidRecord with the ids when several match: the requester is asked which.
    """
    named = said.strip()
    for spelling in dict.fromkeys((named, named.lower())):
        try:
            return await prm.get_deal(spelling, requester=call.requester)
        except RecordNotFound:
            continue
    page = await prm.find_deals(DealQuery(text=named), requester=call.requester, window=Window(limit=MOST))
    matching = list(page.items) or await _mentioned(prm, named, call)
    found = [deal for deal in matching if deal.state in OPEN] or matching
    if not named or not found:
        raise RecordNotFound(f"There is no deal {said!r} that the requester can see.", hint="Use list_deals first.")
    if len(found) > 1:
        told = f"several deals match: {', '.join(deal.id for deal in found)}; ask the requester which one is meant"
        raise InvalidRecord.of(Problem(field="deal", code="ambiguous", message=told))
    return found[0]


def deal_origin(deal: DealRegistration, call: ToolCall) -> Origin:
    """Who named the deal: the requester by its id or its customer, or nobody."""
    by_id = origin_of(deal.id, call.words)
    if by_id.source is not Source.MODEL:
        return by_id
    by_customer = origin_of(deal.draft.customer.name, call.words)
    if by_customer.source is Source.SAID:
        return Origin(Source.RECORD, by_customer.quote)
    named = any(named_in(deal.draft.customer.name, said) for said in call.words.said)
    return ON_RECORD if named else by_id


async def _mentioned(prm: Prm, said: str, call: ToolCall) -> list[DealRegistration]:
    """The requester's deals whose customer is named in these words of theirs.

    Raises InvalidRecord when a whole message names none: the requester is asked.
    """
    if not call.words.stand(said):
        return []
    page = await prm.find_deals(DealQuery(), requester=call.requester, window=Window(limit=LARGEST_PAGE))
    found = [deal for deal in page.items if named_in(deal.draft.customer.name, said)]
    if not found and said in {text[:LONGEST_NAME].strip() for text in call.words.said}:
        few = ", ".join(f"{deal.id} ({deal.draft.customer.name})" for deal in page.items[:5])
        told = f"is not named; ask the requester which one is meant: {few or 'they have none'}"
        raise InvalidRecord.of(Problem(field="deal", code="missing", message=told))
    return found
