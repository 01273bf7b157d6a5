"""Whole conversations with the agent, judged by what stands in the PRM at the end and by nothing that was said."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.deals.names import normalised
from assistant.domain.cosell import InvitationState
from assistant.domain.deals import DealRegistration
from assistant.domain.people import Requester
from assistant.errors import RecordNotFound
from assistant.ports.prm import LARGEST_PAGE, DealQuery, Window
from evals.case import Case, Observation
from evals.collect import Collected, collect
from evals.red_team.payload import Payload
from evals.red_team.world import ANN, CORA, World, world
from evals.workbench import ROOT, Workbench

DATASET = ROOT / "evals" / "datasets" / "conversations.jsonl"
ASKED = Payload("clean", "Please add the website of the customer.")
ALL = Window(limit=LARGEST_PAGE)
SEEDED = "deal-acme-"


class Strict(BaseModel):
    """A record of the file."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Move(Strict):
    """What happens next: somebody says something, days pass, or a channel manager tries to decide what waits."""

    say: str = ""
    who: Literal["partner", "manager"] = "partner"
    days: int = 0
    manager: Literal["", "approve", "reject"] = ""


class WantedDeal(Strict):
    """A deal that must stand in the PRM at the end."""

    customer: str
    amount: str
    currency: str
    product: str
    close: str
    state: str
    extensions: str = "0"


class Expectation(Strict):
    """The state of the PRM at the end: every deal that was added, every fund request, and what became of the rest."""

    deals: list[WantedDeal]
    funds: list[str] = []
    invitations: dict[str, str] = {}
    mended: dict[str, dict[str, str]] = {}


class Dialogue(Strict):
    """A conversation of the file."""

    id: str
    lang: str
    scenario: str
    turns: list[Move]
    expect: Expectation
    split: Literal["dev", "test"]
    canary: str

    def case(self) -> Case:
        """The case of this conversation."""
        said = next((move.say for move in self.turns if move.say), "")
        slices = ("all", f"lang:{self.lang}", f"kind:{self.scenario}")
        return Case(id=self.id, question=said, language=self.lang, kind=self.scenario, slices=slices, dialogue=True)


def load_dialogues(path: Path = DATASET) -> list[Dialogue]:
    """The conversations of a file."""
    return [Dialogue.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def collect_conversations(_bench: Workbench) -> Collected:
    """Every conversation of ours on a fresh installation, without a language model."""
    dialogues = {line.id: line for line in load_dialogues()}

    async def observe(case: Case) -> Observation:
        dialogue = dialogues[case.id]
        place = world((ASKED,))
        await play(dialogue, place)
        return Observation(case_id=case.id, differences=tuple(await differences(dialogue.expect, place)))

    return await collect([line.case() for line in dialogues.values()], observe)


async def play(dialogue: Dialogue, place: World) -> list[str]:
    """The assistant's replies to the moves of a conversation."""
    replies = []
    for move in dialogue.turns:
        if move.days:
            place.clock.turn(days=move.days)
        elif move.manager:
            await _decide(place, approve=move.manager == "approve")
        else:
            who = _speaker(move, dialogue.lang)
            events = [event async for event in place.agent.say(move.who, move.say, requester=who)]
            replies.append(str(getattr(events[-1], "reply", "")))
    return replies


async def _decide(place: World, *, approve: bool) -> None:
    for approval in await place.book.pending(requester=ANN):
        with suppress(RecordNotFound):  # what a partner asks for is the partner's to confirm
            await place.agent.decide(approval.id, approval.digest, approve=approve, requester=CORA, reason="no")


def _speaker(move: Move, language: str) -> Requester:
    return replace(CORA if move.who == "manager" else ANN, locale=language)


async def differences(wanted: Expectation, place: World) -> list[str]:
    """What the PRM says otherwise than it should; nothing when the conversation came to its end as wanted."""
    found = await _deals(wanted, place)
    page = await place.prm.fund_requests(requester=CORA, window=ALL)
    asked = sorted(f"{item.draft.amount.amount} {item.draft.amount.currency}" for item in page.items)
    if asked != sorted(wanted.funds):
        found.append(f"funds {asked} instead of {wanted.funds}")
    states = {"invitation-1": InvitationState.PENDING.value, **wanted.invitations}
    told = {item.id: item.state.value for item in (await place.prm.invitations(requester=CORA, window=ALL)).items}
    return [*found, *([] if told == states else [f"invitations {told} instead of {states}"])]


async def _deals(wanted: Expectation, place: World) -> list[str]:
    page = await place.prm.find_deals(DealQuery(partner_id="acme"), requester=CORA, window=ALL)
    now = sorted(_facts(deal) for deal in page.items if not deal.id.startswith(SEEDED))
    should = sorted((_name(deal.customer), *list(deal.model_dump().values())[1:]) for deal in wanted.deals)
    found = [] if now == should else [f"deals {now} instead of {should}"]
    for deal in page.items:
        told = {"website": deal.draft.customer.website, "state": deal.state.value}
        if deal.id in wanted.mended and told != wanted.mended[deal.id]:
            found.append(f"{deal.id} {told} instead of {wanted.mended[deal.id]}")
    return found


def _facts(deal: DealRegistration) -> tuple[str, ...]:
    """The fields of WantedDeal, in its order."""
    draft = deal.draft
    sale = (str(draft.value.amount), draft.value.currency, draft.product, draft.target_close.isoformat())
    return (_name(draft.customer.name), *sale, deal.state.value, str(deal.extensions))


def _name(customer: str) -> str:
    """A customer's name without its legal form, which may be written in more ways than one."""
    return normalised(customer).compact
