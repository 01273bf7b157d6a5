"""Passages to an answer that a language model writes and the verifier lets through, sentence by sentence.

At most two calls a question: one that answers in the language of the passages, and, for somebody who asks in another
language, one that translates what was verified. Where a call was made already to understand the question, the one
that is left answers in the asker's language at once.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from assistant.answering.breaker import Breaker
from assistant.answering.cited import evidence_of
from assistant.answering.draft import Claim, Draft
from assistant.answering.model_call import ModelFailed, Tally, spoken
from assistant.answering.sanitize import addresses, sanitized
from assistant.answering.steps import Step, Timing, VerifyStep
from assistant.answering.verification.evidence import Evidence
from assistant.answering.verification.verdict import Span, Verdict
from assistant.answering.verification.verifier import Verifier
from assistant.domain.answer import Fallback
from assistant.domain.prose import plain
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Retrieved
from prompts.answering import instruction

ADDRESS = re.compile(r"https?://[^\s<>()\[\]]+")
# Content that speaks to the model instead of the reader; what rests on it is not shown. A second wall: the first is
# that nothing a model writes can do more than be shown.
INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instructions?|rules?|prompts?|above|previous|prior)\b"
    r"|\bsystem prompt\b|\byou are now\b|\bnew instructions?:"
    r"|\b(?:ignorier|vergiss)\w*\b[^.\n]{0,40}\b(?:anweisung|regel)"
    r"|\b(?:ignore[rz]?|oublie[rz]?)\b[^.\n]{0,40}\b(?:instructions|règles)"
    r"|\b(?:ignora|olvida)\w*\b[^.\n]{0,40}\b(?:instruc|regla|regra)"
    r"|(?:指示|ルール|プロンプト)を(?:すべて)?無視",
    re.IGNORECASE,
)
LINE = re.compile(r"^\s*(\d{1,3})[.)]\s+(.+?)\s*$")
ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence that its passages support: the spans of the passages (by place in the list) it rests on."""

    text: str
    spans: tuple[Span, ...]
    item: bool = False


@dataclass(slots=True)
class Course:
    """How the writing of one answer went; filled while the sentences come."""

    tally: Tally = field(default_factory=Tally)
    dropped: int = 0
    failure: Fallback | None = None
    not_found: bool = False
    verified: list[VerifyStep] = field(default_factory=list)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The calls and verdicts in the order they began."""
        return tuple(sorted((*self.tally.steps, *self.verified), key=lambda step: step.timing.began))


@dataclass(frozen=True, slots=True)
class Writer:
    """Lets a chat model answer from passages. `timeout` is in seconds, for all calls of a question together.

    `patience` is how many seconds a call may take until it begins to speak; a model that does not answer several times
    is left alone for a while (`breaker`).
    Links stay in an answer only when they stand in the cited passage and lead to the document's own host or to `hosts`.
    """

    model: BaseChatModel
    name: str
    verifier: Verifier
    timeout: float = 30.0
    patience: float = 30.0
    hosts: frozenset[str] = frozenset()
    mark: Callable[[], str] = lambda: f"passages-{secrets.token_hex(8)}"
    breaker: Breaker = field(default_factory=Breaker)

    async def write(self, retrieved: Retrieved, course: Course) -> AsyncGenerator[Written]:
        """The verified sentences in the asker's language; `course` tells what was dropped and what failed."""
        deadline = time.monotonic() + self.timeout
        language = content_language(retrieved)
        asked = primary(retrieved.language) or language
        language = asked if retrieved.question.calls else language
        silent = retrieved.question.silent  # nobody waits twice for one question
        if silent is not None or not self.breaker.lets_through():
            course.failure = silent or Fallback.UNAVAILABLE
            return
        drafted: list[Written] = []
        try:
            async with aclosing(self._answered(retrieved, course, language=language, deadline=deadline)) as answered:
                async for written in answered:
                    if asked == language:
                        yield written
                    else:
                        drafted.append(written)
            if drafted:
                rendering = self._translated(drafted, course, languages=(language, asked), deadline=deadline)
                async with aclosing(rendering) as translated:
                    async for written in translated:
                        yield written
        except ModelFailed as failed:
            course.failure = failed.reason
        self.breaker.note(course.failure)

    async def _answered(
        self, retrieved: Retrieved, course: Course, *, language: str, deadline: float
    ) -> AsyncGenerator[Written]:
        """What the model says from the passages, as far as they support it."""
        draft = Draft()
        messages = self._question(retrieved, language)
        async with aclosing(self._spoken(messages, course, deadline=deadline)) as pieces:
            async for piece in pieces:
                for claim in draft.add(piece):
                    if (written := await self._checked(claim, retrieved, course, language)) is not None:
                        yield written
                if draft.too_long:
                    break
        for claim in draft.end():
            if (written := await self._checked(claim, retrieved, course, language)) is not None:
                yield written
        course.not_found = draft.not_found
        course.dropped += 0 if draft.not_found else draft.uncited
        course.failure = _unusable(draft)

    def _spoken(self, messages: list[BaseMessage], course: Course, *, deadline: float) -> AsyncGenerator[str]:
        return spoken(self.model, messages, deadline=deadline, tally=course.tally, patience=self.patience)

    def _question(self, retrieved: Retrieved, language: str) -> list[BaseMessage]:
        mark = self.mark()
        passages = "\n\n".join(
            f"[{number}] {evidence_of(ranked, retrieved).context}\n{ranked.passage.text}"
            for number, ranked in enumerate(retrieved.passages, start=1)
        )
        question = retrieved.question.text
        return [
            SystemMessage(instruction("answer", language=language_name(language), mark=mark)),
            HumanMessage(instruction("question", mark=mark, passages=passages, question=question)),
        ]

    async def _checked(self, claim: Claim, retrieved: Retrieved, course: Course, language: str) -> Written | None:
        """A claim made safe to show and verified by the passages it cites; None, and counted, when they do not."""
        cited = [number - 1 for number in claim.cites if 1 <= number <= len(retrieved.passages)]
        allowed = {url for place in cited for url in self._links(retrieved, place)}
        text = ITEM.sub("", sanitized(claim.text, allowed=allowed)).strip()
        if not cited or not any(c.isalnum() for c in text):
            course.dropped += 1
            return None
        texts = [evidence_of(retrieved.passages[place], retrieved) for place in cited]
        verdict = await self._verified(text, texts, course, language=language)
        said = (texts[span.text].text[span.start : span.end] for span in verdict.evidence)
        if not verdict.supported or any(INSTRUCTION.search(each) for each in said):
            course.dropped += 1
            return None
        spans = tuple(Span(cited[span.text], span.start, span.end) for span in verdict.evidence)
        return Written(text, spans, claim.item)

    async def _verified(self, text: str, cited: list[Evidence], course: Course, *, language: str) -> Verdict:
        began, started = time.time(), time.monotonic()
        verdict = await asyncio.to_thread(self.verifier.verify, text, cited, language=language)
        timing = Timing(began, time.monotonic() - started)
        course.verified.append(VerifyStep(timing, verdict.supported, verdict.score, verdict.traps))
        return verdict

    def _links(self, retrieved: Retrieved, place: int) -> set[str]:
        passage = retrieved.passages[place].passage
        own = urlsplit(retrieved.documents[passage.document_id].uri)
        hosts = self.hosts | ({own.hostname} if own.scheme in {"http", "https"} and own.hostname else set())
        return addresses(passage.text, hosts=hosts)

    async def _translated(
        self, drafted: list[Written], course: Course, *, languages: tuple[str, str], deadline: float
    ) -> AsyncGenerator[Written]:
        """Verified sentences in the asker's language, each checked against the sentence it translates."""
        mark, rest, done = self.mark(), "", set[int]()
        numbered = "\n".join(f"{number}. {plain(each.text)}" for number, each in enumerate(drafted, start=1))
        messages: list[BaseMessage] = [
            SystemMessage(instruction("translate", language=language_name(languages[1]), mark=mark)),
            HumanMessage(instruction("sentences", mark=mark, sentences=numbered)),
        ]
        async with aclosing(self._spoken(messages, course, deadline=deadline)) as pieces:
            async for piece in pieces:
                *complete, rest = (rest + piece).split("\n")
                for line in complete:
                    if (written := await self._same(line, drafted, course, done=done, languages=languages)) is not None:
                        yield written
        if (written := await self._same(rest, drafted, course, done=done, languages=languages)) is not None:
            yield written
        course.dropped += len(drafted) - len(done)

    async def _same(
        self, line: str, drafted: list[Written], course: Course, *, done: set[int], languages: tuple[str, str]
    ) -> Written | None:
        """A translated line when it says what its original says, as far as that can be checked."""
        match = LINE.match(line)
        number = int(match.group(1)) if match else 0
        if match is None or not 1 <= number <= len(drafted) or number in done:
            return None
        original = drafted[number - 1]
        text = sanitized(match.group(2), allowed=ADDRESS.findall(original.text)).strip()
        source = [Evidence(original.text, languages[0])]
        verdict = await self._verified(text, source, course, language=languages[1])
        if not verdict.supported:
            return None
        done.add(number)
        return Written(text, original.spans, original.item)


def content_language(retrieved: Retrieved) -> str:
    """The language most of the passages are in; the asker's where it is among the most common."""
    counted = Counter(primary(ranked.passage.language) for ranked in retrieved.passages)
    asked = primary(retrieved.language)
    return max(counted, key=lambda language: (counted[language], language == asked))


def language_name(language: str) -> str:
    """The English name of a language, for instructions."""
    try:
        return Locale.parse(language).get_display_name("en") or language
    except (UnknownLocaleError, ValueError):
        return language


def _unusable(draft: Draft) -> Fallback | None:
    """What is wrong with a draft that has not one citation."""
    if draft.cited or draft.not_found:
        return None
    if draft.empty:
        return Fallback.EMPTY
    return Fallback.REFUSED if draft.refused else Fallback.MALFORMED
