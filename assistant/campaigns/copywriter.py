"""Brief to kit with a language model: it writes, the checks decide, and the approved texts stand in where it fails."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import Runnable

from assistant.answering.breaker import Breaker
from assistant.answering.budget import Budget
from assistant.answering.generate import INSTRUCTION, language_name
from assistant.answering.model_call import ModelFailed, Tally, spoken
from assistant.campaigns.assembly import Assembler
from assistant.campaigns.brief import Brief
from assistant.campaigns.finding import warning
from assistant.campaigns.kit import Author, Kit, KitField
from assistant.campaigns.model_copy import ModelCopy, WrittenField, parsed
from assistant.campaigns.segment import PartnerFacts
from assistant.campaigns.task import Repair, Task, judged, own_words, room, task_of
from assistant.campaigns.work import Work
from assistant.domain.answer import Fallback
from assistant.domain.people import Requester
from assistant.errors import StorageError
from prompts.copywriting import copy_instruction

REPAIRS = 2  # rounds
LONGEST = 100_000  # characters of an answer that are read
ADDRESSED = {"formal": "formally", "informal": "informally", "any": "as is usual in business"}


@dataclass(slots=True)
class Attempt:
    """A task on its way: what was written last, what is wrong with it, and the field once nothing is."""

    task: Task
    written: WrittenField | None = None
    repairs: tuple[Repair, ...] = ()
    made: KitField | None = None


@dataclass(frozen=True, slots=True)
class CopyWriter:
    """Lets a chat model write kits. `timeout` is in seconds for all calls of a kit, `patience` until a call speaks.

    The model has no tools, sees no numbers, names or links, and what it writes passes the same checks as what people
    wrote. A field that does not pass after two repairs is the approved one, and says so.
    """

    model: Runnable[LanguageModelInput, AIMessage]
    name: str
    budget: Budget | None = None
    timeout: float = 60.0
    patience: float = 30.0
    breaker: Breaker = field(default_factory=Breaker)
    mark: Callable[[], str] = lambda: f"brief-{secrets.token_hex(8)}"

    async def kit(
        self, assembler: Assembler, brief: Brief, partner: PartnerFacts, *, locale: str, requester: Requester
    ) -> Kit:
        """The kit of one locale. Raises UsageError as the assembler does, and nothing because of the model."""
        work = assembler.work(brief, partner, locale=locale)
        approved = await asyncio.to_thread(lambda: [(part, work.made(part)) for part in work.parts()])
        own = own_words(work)
        tasks = (task_of(part, made, own) for part, made in approved)
        attempts = {task.name: Attempt(task) for task in tasks if task is not None}
        reason = await self._written(attempts, own, requester) if attempts else None
        fields = [_chosen(made, attempts.get(part.name), reason) for part, made in approved]
        return replace(assembler.made(work, tuple(fields)), model=self.name)

    async def _written(self, attempts: Mapping[str, Attempt], work: Work, requester: Requester) -> Fallback | None:
        """Let the model write and repair; why it stopped before it was done, if it did."""
        if self.budget and not await self.budget.left(requester):
            return Fallback.OVER_BUDGET
        tally, deadline, failure = Tally(), time.monotonic() + self.timeout, None
        try:
            for _ in range(1 + REPAIRS):
                waiting = [attempt for attempt in attempts.values() if attempt.made is None]
                if not waiting:
                    break
                if not self.breaker.lets_through():
                    return Fallback.UNAVAILABLE
                copy = await self._asked(waiting, work, deadline=deadline, tally=tally)
                self.breaker.note(None)
                await asyncio.to_thread(_judge, waiting, copy, work)
        except ModelFailed as failed:
            self.breaker.note(failed.reason)
            failure = failed.reason
        finally:
            await self._record(requester, tally)
        return failure

    async def _asked(self, waiting: Sequence[Attempt], work: Work, *, deadline: float, tally: Tally) -> ModelCopy:
        """One answer of the model. Raises ModelFailed."""
        said, length = [], 0
        async for piece in spoken(
            self.model, self._messages(waiting, work), deadline=deadline, tally=tally, patience=self.patience
        ):
            said.append(piece)
            length += len(piece)
            if length > LONGEST:
                raise ModelFailed(Fallback.MALFORMED)
        return parsed("".join(said))

    def _messages(self, waiting: Sequence[Attempt], work: Work) -> list[BaseMessage]:
        mark, brief = self.mark(), work.brief
        told = [text for text in (brief.audience, brief.goal) if text and not INSTRUCTION.search(text)]
        background = "\n".join(text.replace("<", "‹").replace(">", "›") for text in told)
        address = ADDRESSED[work.pack.formality.policy]
        wanted = json.dumps([_request(attempt, work) for attempt in waiting], ensure_ascii=False)
        return [
            SystemMessage(copy_instruction(language=_language(work), address=address, mark=mark)),
            HumanMessage(f"<{mark}>\n{background}\n</{mark}>\n{wanted}"),
        ]

    async def _record(self, requester: Requester, tally: Tally) -> None:
        if self.budget is None or not tally.calls:
            return
        try:
            await self.budget.record(requester, self.name, tally)
        except StorageError:
            return  # the kit is there; the ledger's own health check tells of it


def _judge(waiting: Sequence[Attempt], copy: ModelCopy, work: Work) -> None:
    said = {each.field: each for each in copy.fields}
    for attempt in waiting:
        attempt.written = said.get(attempt.task.name)
        made, attempt.repairs = judged(attempt.task, attempt.written, work)
        attempt.made = made if not attempt.repairs else None


def _chosen(approved: KitField, attempt: Attempt | None, reason: Fallback | None) -> KitField:
    """The model's field when nothing is wrong with it, else the approved one with what was."""
    if attempt is None:
        return approved
    if attempt.made is not None:
        return attempt.made
    wrong = tuple(dict.fromkeys(repair.code for repair in attempt.repairs)) or (str(reason or Fallback.EMPTY),)
    told = warning("model", f"the model's text was not used: {', '.join(wrong)}")
    return replace(approved, author=Author.INSTEAD, rejected=wrong, findings=(*approved.findings, told))


def _request(attempt: Attempt, work: Work) -> dict[str, object]:
    task, place = attempt.task, attempt.task.part.place
    wanted: dict[str, object] = {
        "field": task.name,
        "source": task.text.text,
        "room": room(task, work),
        "lines": "many" if place.limit.multiline else "one",
        "claims": {name: work.claims[name].statement for name in task.claims},
        "terms": {term.source: list(term.approved) for term in task.approved.terms},
        "tokens": {token: task.text.slot(token) or "a name or a number" for token in task.text.counted},
    }
    if attempt.repairs:
        previous = attempt.written.text(spaced=work.pack.spaced) if attempt.written else ""
        repairs = [{"code": repair.code, "about": repair.about} for repair in attempt.repairs]
        wanted |= {"previous": previous, "repairs": repairs}
    return wanted


def _language(work: Work) -> str:
    return f"{language_name(work.pack.language)} ({work.pack.name})"
