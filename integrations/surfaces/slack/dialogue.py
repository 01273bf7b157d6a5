"""Conversations that do something: the agent's turns in Slack, whose proposals come as cards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.agents.events import ApprovalAsked, CitationGiven, SentenceSaid, ToolCalled, ToolFinished, TurnEvent
from assistant.domain.people import Requester
from assistant.ports.chat_desk import ChatDesk, Spot
from integrations.surfaces.slack.approving import Approvals
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.progress import step
from integrations.surfaces.slack.reading import DealReader
from integrations.surfaces.slack.rendering import private_messages, small_print, source
from integrations.surfaces.slack.streaming import StreamedReply
from prompts.messages import message

if TYPE_CHECKING:
    from assistant.agents.agent import Agent

AGENT = "agent"  # in place of a channel: the threads that the agent has taken up


@dataclass(slots=True)
class Heard:
    """What a turn came to."""

    said: list[str] = field(default_factory=list)
    sources: list[CitationGiven] = field(default_factory=list)
    asked: list[ApprovalAsked] = field(default_factory=list)
    answer_id: str = ""

    def hear(self, event: TurnEvent) -> str:
        """Take an event; the text it adds to the reply."""
        if isinstance(event, CitationGiven):
            self.sources.append(event)
        elif isinstance(event, ToolFinished):
            self.answer_id = event.answer_id or self.answer_id
        elif isinstance(event, ApprovalAsked):
            self.asked.append(event)
        elif isinstance(event, SentenceSaid):
            self.said.append(event.text)
            return event.text
        return ""

    def text(self, language: str) -> str:
        """The reply; a proposal without words gets a sentence that leads to its card."""
        return "".join(self.said).strip() or message("slack_card_text", language)

    def blocks(self, language: str) -> list[Json]:
        """What stands below the reply."""
        lines = (source(cited.number, cited.citation, language) for cited in self.sources)
        return small_print(lines, self.answer_id, language)


@dataclass(frozen=True, slots=True)
class Told:
    """A message on its way to the agent: its words, who says it, where, and its own id."""

    text: str
    requester: Requester
    spot: Spot
    turn: str

    @property
    def thread(self) -> str:
        """The name of its conversation."""
        return f"slack:{self.spot.installed}:{self.spot.channel}:{self.spot.thread}"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Takes up what asks for something to be done, and every later message of such a thread."""

    agent: Callable[[], Awaitable[Agent]]
    chat: ChatDesk
    approvals: Approvals
    reader: DealReader
    calls: SlackCalls

    async def takes(self, told: Told, *, direct: bool) -> bool:
        """Whether the agent answers this. Nobody unknown gets anything done."""
        if not told.requester.known:
            return False
        key = told.thread if direct else f"{told.thread}:private"
        if await self.reader.wants_action(told.text, told.requester):
            await self.chat.join(AGENT, key)
            return True
        return direct and await self.chat.joined(AGENT, key)

    async def directly(self, told: Told, reply: StreamedReply) -> None:
        """Answer in the thread of a direct message. Raises LiaisonError."""
        heard, language = Heard(), told.requester.locale
        async for event in await self._turn(told, told.thread):
            if isinstance(event, ToolCalled):
                await reply.does(step(event.tool, language, status="in_progress"))
            elif isinstance(event, ToolFinished):
                await reply.does(step(event.tool, language, status="error" if event.failed else "complete"))
            if new := heard.hear(event):
                await reply.say(new)
        await reply.finish(heard.text(language), heard.blocks(language))
        await self._offer(heard, told)

    async def privately(self, told: Told, reply: StreamedReply) -> None:
        """Answer somebody in a channel where only they see it; the channel reads that it was done so."""
        heard, language = Heard(), told.requester.locale
        async for event in await self._turn(told, f"{told.thread}:private"):
            heard.hear(event)
        lead = message("slack_private_action", language)
        shown = private_messages(lead, heard.text(language), heard.blocks(language))
        await reply.privately(lead, shown)
        await reply.finish(message("slack_answered_privately", language), [])
        await self._offer(heard, told)

    async def _turn(self, told: Told, thread: str) -> AsyncIterator[TurnEvent]:
        agent = await self.agent()
        return agent.say(thread, told.text, requester=told.requester, turn=told.turn)

    async def _offer(self, heard: Heard, told: Told) -> None:
        for asked in heard.asked:
            approval = await self.approvals.book.get(asked.approval_id, requester=told.requester)
            await self.approvals.offer(approval, told.spot, card=asked.card)
