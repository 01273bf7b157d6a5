"""What the graph did in a turn: read from its tools, proposals and replies, and never from the script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

from assistant.agents.artifact import artifact_of
from assistant.agents.understanding.reading import Intent
from assistant.agents.wording import slot_name
from assistant.domain.approvals import Approval, Source
from assistant.domain.people import Requester
from assistant.errors import RecordNotFound
from assistant.ports.prm import DealQuery
from assistant.tools.origin import named_in
from evals.case import SeenDeal
from evals.ideal.form import ABOUT_A_DEAL, DEAL_PLACES, FORMS, INTENTS, STORED, said_as
from evals.ideal.model import PROBLEM
from evals.red_team.world import CORA, World
from evals.turns import catalogue
from prompts.messages import message

COMPETITOR = regex.compile(r"Competitor: (.+)$")
Slots = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Deed:
    """A tool that ran. `told` are its arguments, `refused` the fields it found wrong or missing.

    `failed` is the code of an error that no field explains; `approval` is the proposal it came to.
    """

    tool: str
    told: Mapping[str, object]
    refused: tuple[str, ...] = ()
    failed: str = ""
    approval: Approval | None = None

    @property
    def intent(self) -> Intent:
        """What it is for."""
        return INTENTS[self.tool]


@dataclass(frozen=True, slots=True)
class Talk:
    """All the words of the conversation, and the line of the reply in which the person was asked about this deed."""

    said: str
    reply: str
    language: str
    requester: Requester


async def deeds_in(messages: Sequence[AnyMessage], world: World, requester: Requester) -> list[Deed]:
    """The tools that ran among these messages, in order; a call that was told to wait is none."""
    results = {said.tool_call_id: said for said in messages if isinstance(said, ToolMessage)}
    found = []
    for call in (call for said in messages if isinstance(said, AIMessage) for call in said.tool_calls):
        result = results.get(str(call["id"]))
        kept = artifact_of(result) if result is not None else None
        if result is None or kept is None or call["name"] not in INTENTS:
            continue
        refused = tuple(dict.fromkeys(PROBLEM.findall(str(result.content)))) if kept.failed else ()
        failed = kept.failed if kept.failed and not refused else ""
        approval = await world.book.get(kept.approval_id, requester=requester) if kept.approval_id else None
        found.append(Deed(call["name"], call["args"], refused, failed, approval))
    return found


async def seen_in(deed: Deed, world: World, talk: Talk) -> SeenDeal:
    """The values that a deed holds, and what the person was asked for because of it."""
    found: Slots = dict(_proposed(deed) if deed.approval else _taken(deed))
    found |= await _records(deed, world, talk)
    if deed.tool == "search_content":
        asked = str(deed.told.get("question", "")).casefold()
        named = [name for name in catalogue().products if name.casefold() in asked]
        found |= {"product": (" + ".join(named),)} if named else {}
    return SeenDeal(slots=tuple(found.items()), missing=tuple(_asked(deed, talk)))


def _taken(deed: Deed) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The arguments that the tool took: those that it did not find wrong."""
    wrong = {DEAL_PLACES.get(field, field) for field in deed.refused}
    _, names = FORMS[deed.intent]
    for slot, field in names.items():
        value = deed.told.get(field)
        if field and value not in (None, "") and field not in wrong and not deed.failed:
            items = value if isinstance(value, list) else [value]
            yield slot, tuple(said_as(field, str(item)) for item in items)


def _proposed(deed: Deed) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The values of the stored payload that people told; what rules set and what the record says already are none."""
    _, names = FORMS[deed.intent]
    slots = {field: slot for slot, field in names.items() if field}
    places, whole = STORED.get(deed.tool, DEAL_PLACES), _whole(deed)
    for each in deed.approval.proposal.arguments if deed.approval else ():
        field = places.get(each.name, each.name)
        if each.source in {Source.RULE, Source.RECORD} or field not in slots or field not in deed.told:
            continue
        if field == "comments":
            yield from _comments(each.value)
        else:
            yield slots[field], (said_as(field, each.value),)
    if "contact_name" in deed.told:
        name = f"{whole.get('contact.first_name', '')} {whole.get('contact.last_name', '')}".strip()
        yield from [("contact_name", (name,))] if name else []
    if "competitor" in deed.told and "comments" not in deed.told:
        yield from _comments(whole.get("comments", ""))


def _comments(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    rival = COMPETITOR.search(text)
    yield from [("competitor", (rival[1],))] if rival else []
    rest = COMPETITOR.sub("", text).strip()
    yield from [("reason", (rest,))] if rest else []


async def _records(deed: Deed, world: World, talk: Talk) -> Slots:
    """The deal and the partner that it acted on, by the names that the conversation has for them."""
    found: Slots = {}
    if filed_for := _whole(deed).get("partner_id"):
        found["partner_name"] = ((await world.prm.get_partner(filed_for, requester=CORA)).display_name,)
    if deed.failed or deed.tool not in ABOUT_A_DEAL or {"deal", "partner", "invitation"} & set(deed.refused):
        return found
    deal_id, partner = await _acted_on(deed, world, talk.requester)
    with_deal = await _deal(deal_id, world) if deal_id else None
    if with_deal is not None:
        found |= {"deal_id": (deal_id,)} if deal_id.casefold() in talk.said.casefold() else {}
        found |= {"customer_name": (with_deal,)} if named_in(with_deal, talk.said) else {}
    if partner:
        name = (await world.prm.get_partner(partner, requester=CORA)).display_name
        found |= {"partner_name": (name,)} if named_in(name, talk.said) else {}
    return found


async def _acted_on(deed: Deed, world: World, requester: Requester) -> tuple[str, str]:
    """The ids of the deal and of the other partner that a deed is about, as the PRM knows them."""
    whole = _whole(deed)
    if deed.tool == "answer_invitation":
        page = await world.prm.invitations(requester=CORA)
        item = next((item for item in page.items if item.id == whole.get("invitation_id")), None)
        return (item.draft.deal_id, item.inviter) if item else ("", "")
    if "deal_id" in whole:
        return whole["deal_id"], whole.get("invitee", "")
    page_of_deals = await world.prm.find_deals(DealQuery(), requester=requester)
    meant = str(deed.told.get("deal", ""))
    found = [deal.id for deal in page_of_deals.items if meant in {deal.id, deal.draft.customer.name}]
    return (found[0] if found else ""), ""


def _whole(deed: Deed) -> dict[str, str]:
    return {each.name: each.value for each in deed.approval.proposal.arguments} if deed.approval else {}


async def _deal(deal_id: str, world: World) -> str | None:
    try:
        return (await world.prm.get_deal(deal_id, requester=CORA)).draft.customer.name
    except RecordNotFound:
        return None


def question_frame(language: str) -> tuple[str, str]:
    """What stands before and after the names of what is asked for."""
    before, _, after = message("agent_asks", language, fields="{}").partition("{}")
    return before.strip(), after.strip()


def _asked(deed: Deed, talk: Talk) -> Iterator[str]:
    """The slots that the person was asked for, of those that the tool may need."""
    before, after = question_frame(talk.language)
    asked = talk.reply.strip().removeprefix(before).removesuffix(after).strip().split("; ") if deed.refused else []
    _, names = FORMS[deed.intent]
    yield from (slot for slot in ("deal_id", *names) if slot_name(slot, talk.language) in asked)
