"""Cases, observations and a target that tests of the evaluation share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from assistant.domain.answer import AnswerStatus
from assistant.domain.content import PUBLIC
from assistant.domain.people import ANONYMOUS, Requester
from evals.case import Case, GoldSpan, Observation, SeenAnswer, SeenCitation, SeenPassage, SeenSentence
from evals.target import Arm, SeenDocument

FEE = GoldSpan(doc="fees.md", quote="The fee is 5 %.")
TERM = GoldSpan(doc="terms.md", quote="It is due after 30 days.")
ONE = Case(
    id="one", question="What is the fee?", language="en", kind="fact", gold=(FEE, TERM), facts=(("5 %", "five"),)
)
BOTH = Case(id="both", question="Fee and term?", language="en", kind="multi-section", gold=(FEE, TERM))
NONE = Case(id="none", question="Who is the CEO?", language="en", kind="unanswerable")


def found(*passages: tuple[str, str], case: Case = ONE) -> Observation:
    return Observation(case_id=case.id, passages=tuple(SeenPassage(doc=doc, text=text) for doc, text in passages))


def said(
    text: str = "",
    *citations: SeenCitation,
    status: AnswerStatus = AnswerStatus.ANSWERED,
    sentences: Sequence[SeenSentence] | None = None,
) -> Observation:
    whole = SeenSentence(text, tuple(range(1, len(citations) + 1)))
    answer = SeenAnswer(
        status=status,
        text=text,
        milliseconds=10.0,
        citations=citations,
        sentences=(whole,) if sentences is None else tuple(sentences),
    )
    return Observation(case_id="one", answer=answer, milliseconds=10.0)


def cited(passage: str, *, quote: str = "", source: str | None = None, doc: str = "fees.md") -> SeenCitation:
    return SeenCitation(doc=doc, passage=passage, quote=quote or passage, source=source)


class ShelfTarget:
    """A target that ranks documents by the words they share with the question and quotes the first one."""

    def __init__(self, corpus: Path) -> None:
        self.texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(corpus.iterdir())}

    async def retrieve(self, question: str, *, requester: Requester, arm: Arm = Arm.FUSED) -> list[SeenPassage]:
        words = set(question.lower().strip("?").split())
        shared = {doc: len(words & set(text.lower().split())) for doc, text in self.texts.items()}
        return [
            SeenPassage(doc, self.texts[doc]) for doc in sorted(shared, key=lambda d: (-shared[d], d)) if shared[doc]
        ]

    async def converse(self, questions: Sequence[str], *, requester: Requester) -> list[SeenPassage]:
        return await self.retrieve(" ".join(questions), requester=requester)

    async def ask(self, question: str, *, requester: Requester) -> SeenAnswer:
        passages = await self.retrieve(question, requester=requester)
        if not passages:
            return SeenAnswer(status=AnswerStatus.DECLINED, text="", milliseconds=1.0)
        top = passages[0]
        citation = SeenCitation(doc=top.doc, passage=top.text, quote=top.text, source=top.text)
        return SeenAnswer(
            status=AnswerStatus.ANSWERED,
            text=top.text,
            milliseconds=1.0,
            citations=(citation,),
            sentences=(SeenSentence(top.text, (1,)),),
        )

    async def embed(self, text: str) -> None:
        return None

    async def requester(self, name: str) -> Requester:
        return ANONYMOUS

    async def documents(self) -> list[SeenDocument]:
        return [SeenDocument(path=doc, title=doc, audience=PUBLIC) for doc in self.texts]


@asynccontextmanager
async def open_shelf(*, corpus: Path, data: Path, ingest: bool, today: date | None) -> AsyncIterator[ShelfTarget]:
    yield ShelfTarget(corpus)
