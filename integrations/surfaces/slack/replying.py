"""A message in Slack to an answer: to the channel what everybody there may know, to the person the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.answering.events import AnswerEvent, AnswerFinished, AnswerStarted, SentenceReady
from assistant.domain.answer import Answer
from assistant.domain.conversation import view_of
from assistant.domain.people import Requester
from assistant.errors import LiaisonError
from assistant.ports.content_store import ContentStore
from assistant.retrieval.audience import visible
from assistant.retrieval.retrieve import Question
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.attachments import ATTACHED, Attachments
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.dialogue import Dialogue, Told
from integrations.surfaces.slack.outgoing import SlackCalls, SlackUnreachable
from integrations.surfaces.slack.patience import PATIENCE, Patience
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.progress import CONTENT, step, working
from integrations.surfaces.slack.reading import plain_text
from integrations.surfaces.slack.rendering import below, escaped, private_messages, section
from integrations.surfaces.slack.spots import spot_of
from integrations.surfaces.slack.standing import Standing, Traces
from integrations.surfaces.slack.streaming import Place, StreamedReply
from prompts.messages import message


class Turn(Protocol):
    """What answers: a message in, events out. The conversation is one; an agent can take its place."""

    def stream(self, thread: str, question: Question, *, key: str = "") -> AsyncIterator[AnswerEvent]:
        """The events of the answer to a question in a thread; the last is AnswerFinished.

        The same `key` in the same thread gets the answer that was kept for it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said to Liaison, and where the reply goes. `id` is the message's own: it is answered once.

    `again` means that an earlier attempt to answer it did not get to its end.
    """

    actor: Actor
    text: str
    thread: str
    id: str = ""
    files: tuple[Json, ...] = ()
    again: bool = False


def question_in(text: str) -> str:
    """What is asked, on one line."""
    return " ".join(plain_text(text).split())


@dataclass(frozen=True, slots=True)
class Asking:
    """A question in a thread, and the message it came in."""

    thread: str
    question: Question
    key: str


@dataclass(frozen=True, slots=True)
class Replier:
    """Answers what is said."""

    turn: Turn
    who: WhoIsWho
    calls: SlackCalls
    content: ContentStore
    attachments: Attachments | None = None
    dialogue: Dialogue | None = None
    traces: Traces | None = None
    patience: Patience = PATIENCE

    async def reply(self, said: Said) -> None:
        """Answer in the thread, and privately what only the person may know."""
        actor, asked = said.actor, question_in(said.text)
        requester = await self.who.requester(actor)
        place = Place(actor.channel, thread=said.thread, team=actor.home or actor.installed, user=actor.user)
        standing = self._standing(said)
        reply = StreamedReply(self.calls, place, now=self.calls.governor.now, standing=standing)
        await reply.take_up()
        if not asked:
            await reply.finish(message("slack_empty", requester.locale), [])
            return
        reply.before = asyncio.create_task(
            working(self.calls, place.channel, place.thread, requester.locale, seconds=self.patience.status)
        )
        audience = await self.who.audience(actor, requester)
        if said.files and self.attachments:
            knowing = await self._with_files(said, self.attachments, requester.locale, reply)
            await knowing.reply(replace(said, files=()))
            return
        thread = f"slack:{actor.installed}:{actor.channel}:{said.thread}"
        try:
            if await self._done(said, requester, reply):
                return
            await self._answer(thread, Question(asked, requester=audience), reply, key=said.id)
            if view_of(audience) != view_of(requester) and requester.known:
                asking = Asking(f"{thread}:private", Question(asked, requester=requester), key=said.id)
                await self._privately(asking, reply, audience)
        except SlackUnreachable:
            raise  # the answer stands, and is told when Slack takes it
        except LiaisonError as error:
            told = message("slack_failed", requester.locale, reason=error.message)
            await reply.finish(told, [])

    async def _done(self, said: Said, requester: Requester, reply: StreamedReply) -> bool:
        """Whether something was to be done, which the agent does for the person and nobody else."""
        if self.dialogue is None or said.files:
            return False
        told = Told(plain_text(said.text), requester, spot_of(said.actor, said.thread), said.id or said.thread)
        direct = said.actor.channel.startswith("D")
        if not await self.dialogue.takes(told, direct=direct):
            return False
        if direct:
            await self.dialogue.directly(told, reply)
        else:
            await self.dialogue.privately(told, reply)
        return True

    def _standing(self, said: Said) -> Standing | None:
        """What stands of the reply already."""
        if self.traces is None or not said.id:
            return None
        actor, key = said.actor, f"said:{said.actor.channel}:{said.id}"
        where = {"team": actor.installed, "channel": actor.channel, "thread": said.thread, "said": said.id}
        return self.traces.of(key, again=said.again, **where)

    async def _with_files(self, said: Said, attachments: Attachments, language: str, reply: StreamedReply) -> Replier:
        """A replier that knows the files of the message too; one that cannot be read is named at once."""
        read = await attachments.read(list(said.files))
        told = [message("slack_file_unread", language, name=escaped(name)) for name in read.unread]
        told += [message("slack_file_cut", language, name=escaped(name)) for name in read.cut]
        if told:
            text = "\n".join(told)
            await reply.privately(text, [[section(text)]], part="files")
        return replace(self, turn=attachments.turn(read.documents)) if read.documents else self

    async def _answer(self, thread: str, question: Question, reply: StreamedReply, *, key: str) -> None:
        async for event in self.turn.stream(thread, question, key=key):
            if isinstance(event, AnswerStarted):
                searched = step(CONTENT, question.requester.locale, status="complete")
                await reply.does(searched, at_once=False)
            elif isinstance(event, SentenceReady):
                await reply.say(event.markdown)
            elif isinstance(event, AnswerFinished):
                await reply.finish(event.answer.text, below(event.answer, question.requester.locale))

    async def _privately(self, asking: Asking, reply: StreamedReply, audience: Requester) -> None:
        """What the person may know beyond the channel, shown to nobody else; nothing when there is nothing more."""
        question = asking.question
        events = self.turn.stream(asking.thread, question, key=asking.key)
        finished = [each async for each in events if isinstance(each, AnswerFinished)]
        answer = finished[-1].answer
        if answer.declined or not await self._beyond(answer, audience):
            return
        lead, language = message("slack_private", question.requester.locale), question.requester.locale
        await reply.privately(lead, private_messages(lead, answer.text, below(answer, language)))

    async def _beyond(self, answer: Answer, audience: Requester) -> bool:
        """Whether an answer rests on a document that the channel may not see."""
        catalog = await self.content.catalog()
        public = {each.id for each in catalog.documents if visible(each.audience, audience, self.who.ladder)}
        cited = {each.document_id for each in answer.citations if not each.document_id.startswith(ATTACHED)}
        return bool(cited - public)
