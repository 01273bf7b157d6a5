"""Conversations that do things: one agent for every surface, whose changes wait for a person."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from weakref import WeakValueDictionary

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, StateSnapshot

from assistant.agents.artifact import artifact_of
from assistant.agents.deciding import ruling
from assistant.agents.events import LONGEST, Transcript, TurnEvent, TurnStarted
from assistant.agents.memory import Memory
from assistant.agents.situation import EDIT, TurnContext, language_of, own_words, waiting
from assistant.agents.telling import finished, open_in, replayed, said_in, told_of, turn_of
from assistant.agents.understanding.reading import Catalogue
from assistant.approvals.desk import ApprovalDesk
from assistant.domain.approvals import OPEN, Approval
from assistant.domain.conversation import Thread
from assistant.domain.people import Requester
from assistant.errors import NotAllowedInState, StaleVersion, UsageError
from assistant.ports.approvals import ApprovalBook
from assistant.ports.clock import Clock
from assistant.ports.thread_store import ThreadStore

MOST_NODES = 40  # steps of the graph in one turn
Graph = CompiledStateGraph[Any, TurnContext, Any, Any]


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread on its way through a turn."""

    thread: Thread
    given: TurnContext
    config: RunnableConfig
    messages: list[AnyMessage]


@dataclass(slots=True)
class Agent:
    """Takes turns in threads of people. The book of approvals is the truth of what was decided and written."""

    graph: Graph
    book: ApprovalBook
    desk: ApprovalDesk
    threads: ThreadStore
    memory: Memory
    clock: Clock
    catalogue: Callable[[], Awaitable[Catalogue]]
    _busy: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def say(self, thread: str, text: str, *, requester: Requester, turn: str = "") -> AsyncIterator[TurnEvent]:
        """The events of the turn that answers a message; `turn` is its id, and the same one is answered once.

        `thread` is the name of the person's conversation; it is made when there is none. An unconditional yes or no to
        the change that was just shown decides it. Raises Forbidden for somebody unknown, UsageError, StorageError.
        """
        if not text.strip() or len(text) > LONGEST:
            raise UsageError("A message has no words, or too many.", hint=f"Send 1 to {LONGEST:,} characters.")
        yield TurnStarted()
        async with self._turn(thread, requester) as talk:
            if turn and any(said.id == turn for said in talk.messages):
                for event in self._again(talk, turn)[1:]:
                    yield event
                return
            marks = await ruling(talk.messages, text, talk.given, desk=self.desk, book=self.book)
            said = HumanMessage(text, id=turn or uuid.uuid4().hex, additional_kwargs=marks)
            shortened = await self.memory.shortened(talk.messages)
            async for event in self._run(talk, [*shortened, said]):
                yield event

    async def edit(
        self, approval_id: str, digest: str, changes: Mapping[str, object], *, requester: Requester
    ) -> AsyncIterator[TurnEvent]:
        """Propose a change anew with other values; what was proposed before becomes void. Nothing is approved by it.

        Raises RecordNotFound, StaleVersion, NotAllowedInState when it is decided or its conversation has gone on.
        """
        approval = await self.book.get(approval_id, requester=requester)
        if approval.digest != digest:
            raise StaleVersion("What you saw is not what is proposed now.", hint="Read the proposal again.")
        async with self._turn(approval.proposal.thread, requester) as talk:
            asked = _call_of(talk.messages, approval_id)
            mine = approval.proposal.requester == requester or approval.proposal.requester.name == requester.name
            if asked is None or not mine or approval.state.value != "pending":
                raise NotAllowedInState("This cannot be edited any more.", hint="Ask for the change again in the chat.")
            text = "\n".join(f"{name}: {value}" for name, value in changes.items())
            marks = {EDIT: {"name": asked["name"], "args": {**asked["args"], **changes}}}
            said = HumanMessage(text, id=uuid.uuid4().hex, additional_kwargs=marks)
            yield TurnStarted()
            async for event in self._run(talk, [said]):
                yield event

    async def decide(
        self, approval_id: str, digest: str, *, approve: bool, requester: Requester, reason: str = ""
    ) -> Approval:
        """Approve or reject what `digest` was shown for, write it if it is approved, and let its conversation know.

        Raises as ApprovalDesk does, and then nothing changes.
        """
        if approve:
            decided = await self.desk.approve(approval_id, digest, requester=requester)
        else:
            decided = await self.desk.reject(approval_id, digest, reason=reason, requester=requester)
        owner = decided.proposal.requester
        async with self._turn(decided.proposal.thread, owner):
            return decided  # what waited in the conversation has been told when its turn begins

    async def again(self, thread: str, *, requester: Requester, turn: str = "") -> AsyncIterator[TurnEvent]:
        """The events of a turn that was taken before, the newest one by default; for readers who lost the connection.

        A turn that a crash broke off is finished first.
        """
        async with self._turn(thread, requester) as talk:
            for event in self._again(talk, turn):
                yield event

    async def transcript(self, thread: str, *, requester: Requester) -> Transcript:
        """The conversation as it stands, with what became of its changes."""
        async with self._turn(thread, requester) as talk:
            language = language_of(talk.messages, talk.given)
            return Transcript(talk.thread, tuple(said_in(talk.messages, language)), open_in(talk.messages, language))

    async def forget(self, thread: str, *, requester: Requester) -> None:
        """Delete a conversation with all that was said in it; undecided changes of it are dropped."""
        kept = await self.threads.open(thread, requester=requester)
        await self.book.drop(thread, requester=requester)
        await self.memory.forget(kept.id)
        await self.threads.delete(kept.id, requester=requester)

    def _turn(self, thread: str, requester: Requester) -> _Turn:
        return _Turn(self, thread, requester)

    async def begin(self, name: str, requester: Requester) -> Talk:
        """A thread ready for a turn: an earlier one that broke off is finished, and outcomes are known."""
        kept = await self.threads.open(name, requester=requester)
        given = TurnContext(requester, kept.name, self.clock.now(), await self.catalogue())
        config: RunnableConfig = {"configurable": {"thread_id": kept.id}, "recursion_limit": MOST_NODES}
        state = await self.graph.aget_state(config)
        if await self._outstanding(state, given):
            resume: Command[Any] | None = Command(resume="decided") if state.interrupts else None
            await self.graph.ainvoke(resume, config, context=given, durability="sync")
            state = await self.graph.aget_state(config)
        return Talk(kept, given, config, list(state.values.get("messages", [])))

    async def _outstanding(self, state: StateSnapshot, given: TurnContext) -> bool:
        """Whether the graph has something to do before the next turn: a step that broke off, or a decision to tell.

        A step that was done but not yet kept with those before it is a task and not in `next`; a new message would
        make the graph forget what it did.
        """
        found = waiting(state.values.get("messages", []))
        moved = False
        if found is not None:
            approval = await self.book.get(found[1].approval_id, requester=given.requester)
            if approval.state in OPEN:
                approval = await self.desk.send(approval.id)  # a crash came between the decision and its outcome
            moved = approval.state.value != found[1].state
        return bool(state.tasks) and (moved or not state.interrupts)

    def lock(self, name: str, requester: Requester) -> asyncio.Lock:
        """What lets one turn of a thread in this process begin after the other."""
        return self._busy.setdefault(f"{requester.tenant}/{requester.name}/{requester.user}/{name}", asyncio.Lock())

    async def _run(self, talk: Talk, new: Sequence[Any]) -> AsyncIterator[TurnEvent]:
        language = language_of([*talk.messages, *new], talk.given)
        events: list[TurnEvent] = []
        messages: list[AnyMessage] = []
        before = {said.id for said in talk.messages}
        stream = self.graph.astream(
            {"messages": list(new)},
            talk.config,
            context=talk.given,
            stream_mode=["updates", "values"],
            durability="async",  # each step is kept while the next one runs, in order, and all before the turn ends
        )
        async for mode, update in cast("AsyncIterator[tuple[str, dict[str, Any]]]", stream):
            messages = update["messages"] if mode == "values" else messages
            for said in _new(update) if mode == "updates" else ():
                for event in told_of(said, language) if said.id not in before else ():
                    events.append(event)
                    yield event
        await self.memory.prune(talk.thread.id, messages)
        yield finished(events, waits=_waits(messages))

    def _again(self, talk: Talk, turn: str) -> list[TurnEvent]:
        newest = next((str(said.id) for said in reversed(talk.messages) if own_words(said)), "")
        told = turn_of(talk.messages, turn or newest)
        waits = _waits(talk.messages) if (turn or newest) == newest else ""
        return list(replayed(told, language_of(talk.messages, talk.given), waits=waits))


class _Turn:
    """The context of a turn: the thread is this turn's alone in this process."""

    def __init__(self, agent: Agent, name: str, requester: Requester) -> None:
        self._agent, self._name, self._requester = agent, name, requester
        self._lock = agent.lock(name, requester)

    async def __aenter__(self) -> Talk:
        await self._lock.acquire()
        try:
            return await self._agent.begin(self._name, self._requester)
        except BaseException:
            self._lock.release()
            raise

    async def __aexit__(self, *_error: object) -> None:
        self._lock.release()


def _new(update: Mapping[str, Any]) -> Iterator[AnyMessage]:
    """The messages of one step of the graph, which tells them by node, alone or among several updates."""
    for node in update.values():
        for part in node if isinstance(node, list) else [node]:
            if isinstance(part, dict):
                yield from part.get("messages", [])


def _waits(messages: list[AnyMessage]) -> str:
    found = waiting(messages)
    return found[1].approval_id if found and found[1].undecided else ""


def _call_of(messages: list[AnyMessage], approval_id: str) -> Any:  # noqa: ANN401 - LangChain's tool call
    """The call of a tool whose result is this proposal."""
    found = ((said, artifact_of(said)) for said in messages)
    result = next((said for said, kept in found if kept and kept.approval_id == approval_id), None)
    calls = [call for said in messages if isinstance(said, AIMessage) for call in said.tool_calls]
    wanted = getattr(result, "tool_call_id", None)
    return next((call for call in calls if wanted is not None and call["id"] == wanted), None)
