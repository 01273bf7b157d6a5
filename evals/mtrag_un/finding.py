"""What is found for the last question of a conversation, in three ways to ask it, and how near it all is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.answering.confidence import confidence, evidence, lead, nearest, standing_out
from assistant.answering.weights import Weights
from assistant.conversation.read import question_of
from assistant.domain.conversation import Turn
from assistant.ports.embedder import Vector
from assistant.retrieval.retrieve import Question, Retrieved
from evals.in_process import CONVERSED, InProcessTarget
from evals.mtrag_un.task import Task

JOINED = 3  # last questions that are searched for as one
REPLIES = 2  # of the last ones, how near the question is to them
BEGINNING = 800  # characters of a reply that are embedded
HEAD = 5
CROWD = 0.05  # cosines below the nearest
APART = 0.2  # cosine to everything said before, below which a question comes out of nowhere


@dataclass(frozen=True, slots=True)
class Found:
    """Signs by name; `nearest` and `confidence` are what a threshold alone goes by, of the question as it is read."""

    signs: dict[str, float]
    nearest: float
    confidence: float


@dataclass(slots=True)
class Finder:
    """Looks conversations up in a target; a text is embedded once."""

    target: InProcessTarget
    _vectors: dict[str, Vector] = field(default_factory=dict)

    async def find(self, task: Task) -> Found:
        """What is found for the last question."""
        read, previous = await self._read(task)
        alone = await self.target.answerer.retriever.retrieve(Question(text=task.questions[-1]))
        joined = await self.target.answerer.retriever.retrieve(Question(text=" ".join(task.questions[-JOINED:])))
        whole = await self.target.answerer.retriever.retrieve(read)
        before = await self.target.answerer.retriever.retrieve(previous) if previous else None
        signs = {f"alone_{name}": value for name, value in _strength(alone).items()}
        signs |= {f"joined_{name}": value for name, value in _strength(joined).items()}
        signs |= {f"read_{name}": value for name, value in _strength(whole).items()}
        signs |= {"background": float(len(read.background)), "same_found": _common(alone, before)}
        signs |= await self._nearness(task, alone)
        weights = Weights(whole, self.target.answerer.retriever.lexicon)
        return Found(signs, nearest(whole), confidence(whole, weights) if whole.ranking else 0.0)

    async def _read(self, task: Task) -> tuple[Question, Question | None]:
        """The last question and the one before it as the conversation reads them."""
        documents = (await self.target.store.catalog()).documents
        turns: list[Turn] = []
        for text in task.questions:
            meant = await self.target.reader.read(Question(text=text), turns, documents=documents)
            turns.append(Turn(len(turns) + 1, meant, None, CONVERSED, ""))
        read = [question_of(Question(text=turn.resolution.asked), turn.resolution) for turn in turns[-2:]]
        return read[-1], read[0] if len(read) > 1 else None

    async def _nearness(self, task: Task, alone: Retrieved) -> dict[str, float]:
        *before, question = task.questions
        asked = await self._vector(question)
        earlier = [float(asked @ await self._vector(text)) for text in before]
        said = [await self._vector(text[:BEGINNING]) for text in task.replies[-REPLIES:]]
        heard = [float(asked @ vector) for vector in said]
        head = await self.target.store.vectors([ranked.passage.id for ranked in alone.ranking[:HEAD]])
        history = [await self._vector(text) for text in before] + said
        pairs = np.einsum("ij,kj->ik", head, head)[np.triu_indices(len(head), 1)]
        return {
            "last_question": earlier[-1] if earlier else 0.0,
            "nearest_question": max(earlier, default=0.0),
            "questions": sum(earlier) / max(len(earlier), 1),
            "last_reply": heard[-1] if heard else 0.0,
            "nearest_reply": max(heard, default=0.0),
            "from_nowhere": float(max([*earlier, *heard], default=0.0) < APART),
            "found_to_history": max((float(head[0] @ vector) for vector in history), default=0.0) if len(head) else 0.0,
            "alike": float(pairs.mean()) if len(pairs) else 1.0,
            "most_unlike": float(pairs.min()) if len(pairs) else 1.0,
        }

    async def _vector(self, text: str) -> Vector:
        if text not in self._vectors:
            self._vectors[text] = await self.target.embedder.embed_query(text)
        return self._vectors[text]


def _strength(retrieved: Retrieved) -> dict[str, float]:
    """How much and how near what was found is."""
    weights = Weights(retrieved)
    cosines = sorted((ranked.dense for ranked in retrieved.ranking if ranked.dense is not None), reverse=True)
    best = max(weights.found[:3], default=0.0) / weights.rarest if weights.found else 0.0
    return {
        "nearest": nearest(retrieved),
        "over_second": _gap(cosines, 2),
        "over_fifth": _gap(cosines, HEAD),
        "standing_out": standing_out(retrieved),
        "over_fiftieth": _gap(cosines, 50),
        "crowd": sum(cosine > cosines[0] - CROWD for cosine in cosines) if cosines else 0.0,
        "lead": lead(retrieved),
        "evidence": math.log(0.25 + evidence(weights)),
        "share": best / max(weights.telling, 1.0),
        "missing": weights.telling - best,
        "agreement": _agreement(retrieved),
    }


def _gap(cosines: Sequence[float], place: int) -> float:
    return cosines[0] - cosines[min(place, len(cosines)) - 1] if cosines else 0.0


def _agreement(retrieved: Retrieved) -> float:
    """How many passages are among the first five of both arms."""
    arms = [
        {each.passage.id for each in sorted(retrieved.ranking, key=key, reverse=True)[:HEAD]}
        for key in (lambda each: each.dense or 0.0, lambda each: each.lexical or 0.0)
    ]
    return float(len(arms[0] & arms[1]))


def _common(one: Retrieved, other: Retrieved | None) -> float:
    """How many of the ten best passages were among those for the question before."""
    ten = [{each.passage.id for each in found.ranking[:10]} for found in (one, other) if found is not None]
    return float(len(ten[0] & ten[1])) if len(ten) > 1 else 0.0
