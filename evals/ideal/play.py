"""A conversation played through the graph with the ideal model, and what came of its last message."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from assistant.agents.language_model import LanguageModel
from assistant.agents.understanding.reading import Intent
from assistant.answering.budget import Budget
from assistant.domain.approvals import Approval, ApprovalState
from assistant.domain.people import Requester, Role
from assistant.errors import SettingsError
from assistant.testing import HashEmbedder, MemoryModelLedger
from assistant.tools.guard import OutputGuard
from evals.case import Observation, SeenDeal, SeenTurn
from evals.ideal.deeds import Deed, Talk, deeds_in, question_frame, seen_in
from evals.ideal.model import IdealModel, order, serving
from evals.ideal.orders import orders_of
from evals.ideal.stage import requester_of, stock_of
from evals.red_team.world import World, installed
from evals.turns import TurnLine
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

THREAD = "case"
NOTHING = SeenDeal((), ())
DECISIONS = {
    ApprovalState.DONE: Intent.APPROVE,
    ApprovalState.FAILED: Intent.APPROVE,
    ApprovalState.REJECTED: Intent.REJECT,
    ApprovalState.VOID: Intent.CANCEL,
}
FEWEST = 4  # words of a rejection that say why


@dataclass(frozen=True, slots=True)
class Played:
    """What the graph made of a conversation: `why` tells what failed, `error` what broke off."""

    id: str
    seen: SeenTurn | None = None
    why: str = ""
    error: str = ""

    @property
    def observation(self) -> Observation:
        """What is scored."""
        return Observation(case_id=self.id, turn=self.seen, error=self.error)


def played(lines: Sequence[TurnLine]) -> list[Played]:
    """What came of each conversation, in order."""
    return asyncio.run(_all(lines))


async def _all(lines: Sequence[TurnLine]) -> list[Played]:
    found = []
    with tempfile.TemporaryDirectory(prefix="ideal-") as folder, serving() as (url, script):
        settings = Settings(data=Path(folder), model="openai:ideal", model_url=url)
        liaison = build(settings, embedder=HashEmbedder())
        try:
            model = _model(liaison)
            for line in lines:
                try:
                    found.append(await _Stage(line, model, script, Path(folder) / "texts").play())
                except Exception as error:  # noqa: BLE001 - whatever breaks is a wrong answer, kept with its type
                    found.append(Played(line.id, error=f"{type(error).__name__}: {error}"))
        finally:
            liaison.close()
    return found


def _model(liaison: Liaison) -> BaseChatModel:
    if liaison.generation is None:
        raise SettingsError("The ideal model did not open.", hint="Leave LIAISON_MODEL unset.")
    return liaison.generation.writer.model


class _Stage:
    """One conversation on an installation of its own."""

    def __init__(self, line: TurnLine, model: BaseChatModel, script: IdealModel, folder: Path) -> None:
        self._line, self._script = line, script
        self._language = line.lang.split("-")[0]
        self._who: Requester = requester_of(line)
        stock = stock_of(line, folder)
        plain = installed(stock)
        guard = OutputGuard(plain.prm, clock=stock.clock)
        budget = Budget(ledger=MemoryModelLedger(), clock=stock.clock)
        self._world: World = installed(stock, model=LanguageModel(model, "ideal", budget, guard))

    async def play(self) -> Played:
        """The last message of the conversation, after everything that went before it."""
        pending = await self._before()
        before = await self._messages()
        orders = orders_of(self._line)
        self._script.want(orders, language=self._language)
        await self._say(self._line.messages[-1].text)
        decided = await self._decided(pending)
        if decided is not None:
            return self._turn(*decided)
        for _ in orders[1:]:  # the next change is proposed when the one before it was decided
            await self._yes()
        earlier = await deeds_in(before, self._world, self._who)
        return await self._seen(earlier, (await self._messages())[len(before) :])

    async def _seen(self, earlier: list[Deed], messages: Sequence[AnyMessage]) -> Played:
        deeds = await deeds_in(messages, self._world, self._who)
        told = "\n".join(str(said.text) for said in messages if isinstance(said, AIMessage)).splitlines()
        opening, _ = question_frame(self._language)
        asked = iter([line for line in told if line.startswith(opening)])
        said, deals = "\n".join(each.text for each in self._line.messages), []
        for deed in deeds:
            talk = Talk(said, next(asked, "") if deed.refused else "", self._language, self._who)
            deals.append(await seen_in(deed, self._world, talk))
        why = "; ".join(f"{deed.tool} failed: {deed.failed}" for deed in deeds if deed.failed)
        if not deeds or deeds[0].failed:
            form_left = bool(earlier) and bool(earlier[-1].refused) and not deeds
            return self._turn(Intent.CANCEL if form_left else Intent.OUT_OF_SCOPE, NOTHING, why=why)
        if deeds[0].intent is Intent.INVITE_COSELL:
            deals = [_joined(deals)]
        return self._turn(deeds[0].intent, *deals, why=why)

    def _turn(self, intent: Intent, *deals: SeenDeal, why: str = "") -> Played:
        return Played(self._line.id, SeenTurn(intent=intent, language=self._line.lang, deals=deals), why)

    async def _before(self) -> Approval | None:
        """What went before the last message; the change that waits for a decision then."""
        *earlier, _ = self._line.messages
        wanted = self._line.intent
        if wanted == Intent.FEEDBACK:
            self._script.want([order("search_content", {"question": "What is Guard?"})], language=self._language)
            await self._say("What is Guard?")
        recap = earlier[-1].text if earlier else "Orrin"
        if wanted == Intent.CANCEL:
            self._script.want([order("register_deal", {})], language=self._language)
            await self._say(recap)
            return None
        if wanted in {Intent.APPROVE, Intent.REJECT} and self._who.role is Role.PARTNER:
            return await self._proposal(recap)
        await self._remember([*self._lead(), *(_message(each.author == "user", each.text) for each in earlier)])
        return None

    def _lead(self) -> Iterator[AnyMessage]:
        """What the person must have said before, where a conversation begins with what the assistant understood."""
        first, *rest = self._line.messages
        if first.author != "user" and len(rest) == 1:
            yield HumanMessage(first.text)

    async def _remember(self, messages: Sequence[AnyMessage]) -> None:
        if messages:
            talk = await self._world.agent.begin(THREAD, self._who)
            await self._world.agent.graph.aupdate_state(talk.config, {"messages": list(messages)}, as_node="model")

    async def _proposal(self, recap: str) -> Approval:
        """A registration that waits for the person's yes, in the words of the recap."""
        day = (self._line.today + timedelta(days=60)).isoformat()
        mail = "it@orrin.example"
        facts = {
            "customer_name": "Orrin", "customer_country": "DE", "product": "Guard", "amount": "85000",
            "currency": "EUR", "close_date": day, "contact_email": mail,
            "problem": f"{recap} Orrin"[:200].ljust(20, "."),
        }  # fmt: skip
        self._script.want([order("register_deal", facts)], language=self._language)
        await self._say(f"{recap}\nOrrin, DE, Guard, 85000 EUR, {day}, {mail}")
        (waiting,) = await self._world.book.pending(requester=self._who)
        return waiting

    async def _decided(self, pending: Approval | None) -> tuple[Intent, SeenDeal] | None:
        """What the last message decided of a change that waited; None when it decided nothing."""
        now = await self._world.book.get(pending.id, requester=self._who) if pending else None
        if now is None or now.state not in DECISIONS:
            return None
        told = now.reason if len(now.reason.split()) >= FEWEST or not now.reason.isascii() else ""
        slots = (("reason", (told,)),) if told and now.state is ApprovalState.REJECTED else ()
        return DECISIONS[now.state], SeenDeal(slots, ())

    async def _yes(self) -> None:
        """The person's yes to what waits, after which the graph goes on."""
        for waiting in await self._world.book.pending(requester=self._who):
            await self._world.agent.decide(waiting.id, waiting.digest, approve=True, requester=self._who)

    async def _messages(self) -> list[AnyMessage]:
        return (await self._world.agent.begin(THREAD, self._who)).messages

    async def _say(self, text: str) -> None:
        async for _ in self._world.agent.say(THREAD, text, requester=self._who):
            pass


def _message(by_user: bool, text: str) -> AnyMessage:  # noqa: FBT001 - who of the two said it
    return HumanMessage(text) if by_user else AIMessage(text)


def _joined(deals: Sequence[SeenDeal]) -> SeenDeal:
    """Several invitations into one deal, as one."""
    slots = {name: values for deal in deals for name, values in deal.slots}
    names = [values[0] for deal in deals for name, values in deal.slots if name == "partner_name"]
    if len(names) > 1:
        slots.pop("partner_name")
        slots["partner_names"] = tuple(names)
    return SeenDeal(tuple(slots.items()), tuple(dict.fromkeys(name for deal in deals for name in deal.missing)))
