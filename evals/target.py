"""What is evaluated: anything that retrieves and answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from assistant.domain.answer import Answer
from assistant.domain.content import Audience
from assistant.domain.people import Requester
from evals.case import SeenAnswer, SeenCitation, SeenPassage, SeenSentence


class Arm(StrEnum):
    """Which part of retrieval ranks: one arm alone, or the pipeline as shipped."""

    FUSED = "fused"
    DENSE = "dense"
    LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class SeenDocument:
    """A document as indexed."""

    path: str
    title: str
    audience: Audience


def seen_answer(answer: Answer, *, milliseconds: float, citations: Sequence[SeenCitation]) -> SeenAnswer:
    """An answer as metrics see it, with its citations read again."""
    use = answer.use
    cost = 0.0 if use is None else None if use.cost is None else float(use.cost)
    return SeenAnswer(
        status=answer.status,
        text=answer.text,
        milliseconds=milliseconds,
        citations=tuple(citations),
        sentences=tuple(SeenSentence(s.text, s.citations) for s in answer.sentences),
        confidence=answer.confidence,
        reason=answer.reason or "",
        tokens=use.input_tokens + use.output_tokens if use else 0,
        cost=cost,
    )


class Target(Protocol):
    """An assistant over one corpus. Document paths are relative to the corpus folder."""

    async def retrieve(self, question: str, *, requester: Requester, arm: Arm = Arm.FUSED) -> list[SeenPassage]:
        """Passages in rank order, those that are not handed to the answerer without text."""
        ...

    async def converse(self, questions: Sequence[str], *, requester: Requester) -> list[SeenPassage]:
        """What is found for the last question of a conversation, in which only questions are known. As `retrieve`."""
        ...

    async def ask(self, question: str, *, requester: Requester) -> SeenAnswer:
        """The answer with its citations, each re-read in the source file."""
        ...

    async def embed(self, text: str) -> None:
        """Embed one query, and nothing else, with the embedder that retrieval uses."""
        ...

    async def requester(self, name: str) -> Requester:
        """Who `--as NAME` stands for; an empty name is anonymous. Raises LiaisonError for an unknown one."""
        ...

    async def documents(self) -> list[SeenDocument]:
        """Every document of the corpus with the audience it declares."""
        ...


class TargetOpener(Protocol):
    """Opens a target over a corpus whose index is in `data`; `ingest` says whether to build it where it is missing.

    `today` is the day that validity dates are judged by; None is the day it is.
    """

    def __call__(
        self, *, corpus: Path, data: Path, ingest: bool, today: date | None
    ) -> AbstractAsyncContextManager[Target]:
        """Raises LiaisonError when the corpus cannot be indexed."""
        ...
