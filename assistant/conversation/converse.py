"""A question in its conversation to an answer: made whole by the thread, answered, and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace

from assistant.answering.answer import Answerer
from assistant.answering.events import Answered, AnswerEvent, AnswerFinished
from assistant.conversation.markers import wording_of
from assistant.conversation.read import Reader, question_of
from assistant.domain.answer import Answer, AnswerStatus
from assistant.domain.conversation import (
    NewTurn,
    Resolution,
    Thread,
    Turn,
    Understanding,
    identity_of,
    view_of,
)
from assistant.domain.gap import Signal
from assistant.domain.people import Requester
from assistant.errors import StorageError, UnknownAnswer
from assistant.gaps.log import GapLog
from assistant.ports.clock import Clock
from assistant.ports.thread_store import ThreadStore
from assistant.retrieval.retrieve import Question, Retrieved
from prompts.messages import message

BY_ID = "id:"


@dataclass(frozen=True, slots=True)
class Asking:
    """A question on its way. `question` is what to answer; `replay` is its answer when it was asked before.

    `key` names the message it came in. `kept` is the answer to this very message, where an earlier attempt to answer
    it came so far.
    """

    question: Question
    resolution: Resolution
    thread: Thread | None = None
    replay: Answer | None = None
    reasked: str = ""
    key: str = ""
    kept: Answer | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Answers questions one after the other, each understood with those before it in its thread.

    A thread is named by its owner, or by `id:` and its id when somebody shared it; "" is a question on its own. The
    same question asked again in a thread gets the same answer for as long as the content, the day and the asker's
    rights are the same. Every answer gets an `id` that feedback names, and is logged for the gaps report.
    """

    answerer: Answerer
    threads: ThreadStore
    log: GapLog
    clock: Clock
    reader: Reader

    async def ask(self, thread: str, question: Question) -> Answer:
        """The answer to a question of a thread.

        Raises Forbidden for a thread of nobody in particular, UnknownThread for one that is not the requester's, and
        whatever Answerer.ask raises.
        """
        return (await self.explain(thread, question)).answer

    async def explain(self, thread: str, question: Question) -> Answered:
        """The answer together with the passages and scores behind it. Raises as `ask`."""
        finished = [event async for event in self.stream(thread, question) if isinstance(event, AnswerFinished)]
        return finished[-1].answered

    async def stream(self, thread: str, question: Question, *, key: str = "") -> AsyncGenerator[AnswerEvent]:
        """The answer sentence by sentence; the last event is AnswerFinished with the answer as it was kept.

        A message with a `key` is answered once: whoever asks for it again gets the answer that was kept, as it was.
        A reader who closes it before the end stops the work and leaves no turn behind. Raises as `ask`.
        """
        asking = await self.begin(thread, question, key=key)
        if asking.kept is not None:
            yield AnswerFinished(_of_before(asking, asking.kept))
            return
        if asking.replay is not None:
            answered = _of_before(asking, asking.replay)
            yield AnswerFinished(replace(answered, answer=await self.finish(asking, answered)))
            return
        async with aclosing(self.answerer.stream(asking.question)) as events:
            async for event in events:
                if isinstance(event, AnswerFinished):
                    yield AnswerFinished(replace(event.answered, answer=await self.finish(asking, event.answered)))
                else:
                    yield event

    async def begin(self, thread: str, question: Question, *, key: str = "") -> Asking:
        """What a question means in its thread, ready to be answered."""
        kept = await self._thread(thread, question.requester)
        turns = kept.turns if kept else ()
        same = next((turn for turn in turns if key and turn.key == key), None)
        if same is not None and same.answer is not None:
            return Asking(question=question, resolution=same.resolution, thread=kept, key=key, kept=same.answer)
        catalog = await self.answerer.retriever.store.catalog()
        resolution = await self.reader.read(question, turns, documents=catalog.documents)
        before = _asked_before(resolution, turns)
        return Asking(
            question=question_of(question, resolution),
            resolution=resolution,
            thread=kept,
            replay=self._replay(before, question.requester, catalog.generation),
            reasked=before.answer.id if before and before.answer else "",
            key=key,
        )

    async def finish(self, asking: Asking, answered: Answered) -> Answer:
        """The answer as it is kept: with its id, in its thread and in the log. For callers that answer themselves."""
        requester, resolution, now = asking.question.requester, asking.resolution, self.clock.now()
        answer = replace(
            asked_back(answered.answer, resolution),
            question=resolution.asked,
            resolved=resolution.text if resolution.text != resolution.asked else "",
            id=answer_id(answered.answer, resolution, requester),
        )
        try:
            # Logged before it is in its thread: what the thread holds is not done again after a crash.
            await self.log.record(replace(answered, answer=answer), resolution, requester=requester, at=now)
            if asking.thread is not None:
                turn = NewTurn(resolution=resolution, answer=answer, at=now, view=view_of(requester), key=asking.key)
                await self.threads.append(asking.thread.id, turn, requester=requester)
            if asking.reasked:
                with suppress(UnknownAnswer):  # asked so long ago that it is not kept any more
                    await self.log.mark(asking.reasked, Signal.REASKED, requester=requester)
        except StorageError:
            notice = message("not_recorded", answer.language)
            return replace(answer, id="", notices=(*answer.notices, notice))
        return answer

    async def _thread(self, name: str, requester: Requester) -> Thread | None:
        if not name:
            return None
        if name.startswith(BY_ID):
            return await self.threads.read(name.removeprefix(BY_ID), requester=requester)
        return await self.threads.open(name, requester=requester)

    def _replay(self, before: Turn | None, requester: Requester, generation: int) -> Answer | None:
        """The earlier answer, where nothing has changed that could make another one."""
        if before is None or before.answer is None or before.answer.fallback is not None:
            return None
        same_day = before.at.date() == self.clock.now().date()
        same = before.answer.generation == generation and before.view == view_of(requester)
        return before.answer if same_day and same else None


def asked_back(answer: Answer, resolution: Resolution) -> Answer:
    """The answer, or what is meant, where a first question refers to something ("does it apply to MSPs?") in vain.

    Such a question cannot be answered by more content, so it is no gap.
    """
    unanswered = answer.status is AnswerStatus.DECLINED and resolution.understanding is Understanding.OPENING
    if not unanswered or not wording_of(resolution.asked, answer.language).refers:
        return answer
    text = message("clarify_reference", answer.language)
    return replace(answer, status=AnswerStatus.CLARIFY, reason=None, text=text)


def answer_id(answer: Answer, resolution: Resolution, requester: Requester) -> str:
    """A stable id: equal when one person is told the same for the same question from the same content."""
    told = (requester.tenant, identity_of(requester), resolution.asked, resolution.text)
    made = (str(answer.generation), answer.status, answer.text)
    return hashlib.sha256(json.dumps([*told, *made], ensure_ascii=False).encode()).hexdigest()[:32]


def _of_before(asking: Asking, answer: Answer) -> Answered:
    """An answer that was made earlier, for which nothing was searched now."""
    nothing = Retrieved(question=asking.question, language=answer.language, generation=answer.generation)
    return Answered(answer, nothing)


def _asked_before(resolution: Resolution, turns: tuple[Turn, ...]) -> Turn | None:
    if resolution.understanding is not Understanding.REPEATED:
        return None
    return next((turn for turn in reversed(turns) if turn.position in resolution.used), None)
