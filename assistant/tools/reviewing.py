"""What the two decisions on a registration in review share: who may make them, on which one, and what is shown."""

from __future__ import annotations

from assistant.domain.approvals import Source
from assistant.domain.deals import DealRegistration
from assistant.domain.deals_lifecycle import DealEvent, allowed_events
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, NotAllowedInState, PolicyRefused
from assistant.ports.deal_desk import Reviews
from assistant.ports.prm import Prm, Window
from assistant.tools.finding_deals import deal_meant, deal_origin
from assistant.tools.list_deals import told
from assistant.tools.origin import ON_RECORD, Origin, unsaid
from assistant.tools.register_deal import filed_by
from assistant.tools.tool import ToolCall
from assistant.tools.whose_deal import partners_told
from prompts.messages import message

REVIEWERS = frozenset({Role.CHANNEL_MANAGER, Role.ADMINISTRATOR})


async def review_meant(prm: Prm, desk: Reviews, said: str, call: ToolCall) -> tuple[DealRegistration, Origin]:
    """The registration and who named it: the requester, or the queue when nothing else waits.

    Raises InvalidRecord for one that the requester did not name, RecordNotFound.
    """
    waiting = await desk.queue(requester=call.requester, window=Window(limit=2))
    only = waiting.items[0] if len(waiting.items) == 1 else None
    if only is not None and not said.strip():
        return only, ON_RECORD
    deal = await deal_meant(prm, said, call)
    named = await deal_origin(prm, deal, call)
    if named.source is Source.MODEL and only is not None and deal.id == only.id:
        return deal, ON_RECORD
    if problems := unsaid([("deal", named)]):
        raise InvalidRecord.of(*problems)
    return deal, named


def require_reviewable(deal: DealRegistration, event: DealEvent, requester: Requester) -> None:
    """Raises NotAllowedInState unless it is in review, PolicyRefused for what the requester filed themselves."""
    if event not in allowed_events(deal):
        raise NotAllowedInState(f"Deal {deal.id} is {deal.state} and waits for no decision.", hint="Use list_reviews.")
    if filed_by(requester) in deal.draft.comments:
        told_so = f"You filed deal {deal.id}; another channel manager decides it."
        raise PolicyRefused(told_so, hint="Tell the requester.")


async def review_about(prm: Prm, deal: DealRegistration, call: ToolCall) -> str:
    """Whose registration of what it is, for whoever decides it."""
    partner = (await partners_told(prm, [deal], call.requester)).get(deal.partner_id, deal.partner_id)
    return message("card_review_about", call.told_in, partner=partner, deal=told(deal, call.told_in))
