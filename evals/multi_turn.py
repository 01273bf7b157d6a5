"""Retrieval for the last question of a conversation, on MTRAG-UN: four ways to use the questions before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.domain.people import ANONYMOUS
from evals.case import Case, GoldSpan, Observation, SeenPassage
from evals.collect import Collected, collect
from evals.faq import BeirFile, write_texts
from evals.target import Target
from evals.workbench import Workbench

POOL = "data/mtrag/mtragun_last.json"
CONVERSATIONS = "data/mtrag/mtragun_reference.jsonl"


class History(StrEnum):
    """How the earlier questions are used. CONCATENATION and LAST_THREE write them before the last one."""

    OURS = "ours"
    CONCATENATION = "concatenation"
    LAST_THREE = "last_three"
    LAST_TURN = "last_turn"


class Said(BaseModel):
    """One utterance."""

    model_config = ConfigDict(extra="ignore")

    speaker: str
    text: str


class Conversation(BaseModel):
    """A conversation up to the question that is to be answered."""

    model_config = ConfigDict(extra="ignore")

    task_id: str
    input: tuple[Said, ...]

    @property
    def questions(self) -> list[str]:
        """What the person said, the last being the question."""
        return [said.text for said in self.input if said.speaker == "user"]


async def collect_multi_turn(bench: Workbench) -> Collected:
    """Every conversation with gold passages, searched in each way over the pool of all conversations' passages.

    The pool has 1,488 passages, so the figures do not compare with those over the whole MTRAG corpora.
    """
    pool = BeirFile.model_validate_json(bench.inputs.shared_file(POOL).read_bytes())
    conversations = _load(bench.inputs.shared_file(CONVERSATIONS))
    names = {key: f"p{number:04d}.txt" for number, key in enumerate(sorted(pool.corpus))}
    folder = bench.indexes / "mtrag-pool"
    write_texts({names[key]: text for key, text in pool.corpus.items()}, folder)
    target = await bench.target(folder)
    found: dict[str, list[SeenPassage]] = {}

    async def observe(case: Case) -> Observation:
        task, history = case.id.rsplit("@", 1)
        found[case.id] = await _search(target, conversations[task].questions, History(history))
        return Observation(
            case_id=case.id,
            passages=tuple(found[case.id]),
            baseline=tuple(SeenPassage(each.doc, "") for each in found.get(f"{task}@{History.CONCATENATION}", ())),
        )

    return await collect(_cases(pool, names, conversations), observe)


async def _search(target: Target, questions: Sequence[str], history: History) -> list[SeenPassage]:
    if history is History.OURS:
        return await target.converse(questions, requester=ANONYMOUS)
    kept = {History.CONCATENATION: len(questions), History.LAST_THREE: 3, History.LAST_TURN: 1}[history]
    return await target.retrieve(" ".join(questions[-kept:]), requester=ANONYMOUS)


def _load(path: Path) -> dict[str, Conversation]:
    lines = path.read_text(encoding="utf-8").splitlines()
    read = (Conversation.model_validate_json(line) for line in lines)
    return {conversation.task_id: conversation for conversation in read}


def _cases(pool: BeirFile, names: dict[str, str], conversations: dict[str, Conversation]) -> Iterable[Case]:
    for task, grades in pool.qrels.items():
        turns = "one" if len(conversations[task].questions) == 1 else "several"
        for history in (History.CONCATENATION, History.LAST_THREE, History.LAST_TURN, History.OURS):
            shipped = ("all", f"turns:{turns}") if history is History.OURS else ()
            yield Case(
                id=f"{task}@{history}",
                question=conversations[task].questions[-1],
                language="en",
                kind="multi-turn",
                gold=tuple(GoldSpan(doc=names[doc], quote="") for doc, grade in grades.items() if grade > 0),
                slices=(*shipped, f"history:{history}"),
                conversation=task.partition("<::>")[0],
            )
