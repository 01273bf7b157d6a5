"""What a question means in its conversation: by rule, by how near it is to what was asked before, or by a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.conversation.resolve import resolve, same_topic, topic_of
from assistant.conversation.vocabulary import vocabulary_of
from assistant.domain.content import Document
from assistant.domain.conversation import Resolution, Turn, Understanding
from assistant.domain.people import TierLadder
from assistant.ports.embedder import Embedder
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Question

if TYPE_CHECKING:
    from assistant.conversation.rewrite import Rewriter  # brings LangChain along, which takes its time

# Cosine of two English questions from which they are about one thing though they share no word: it keeps 70 % of
# MTRAG-UN's continuations of that kind and drops 87 % of questions from other conversations.
RELATED = 0.20
EMBEDDED_WELL = {"en"}  # in other languages the packaged embedder finds any two questions alike, so words decide


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads questions in their conversation. Without a `rewriter` no model is called."""

    embedder: Embedder
    ladder: TierLadder = field(default_factory=TierLadder)
    rewriter: Rewriter | None = None

    async def read(
        self, question: Question, turns: Sequence[Turn], *, documents: Sequence[Document] = ()
    ) -> Resolution:
        """What a question means after these turns, oldest first. The products of `documents` are names it knows."""
        resolution = resolve(
            question.text,
            turns,
            vocabulary=vocabulary_of(documents, self.ladder),
            locale=question.language or question.requester.locale,
        )
        if resolution.understanding is Understanding.NEW_TOPIC and resolution.language in EMBEDDED_WELL:
            resolution = await self._related(resolution, topic_of(turns))
        if self.rewriter is not None and _mostly_in(resolution.language, documents):
            resolution = await self.rewriter.rewrite(resolution, turns, requester=question.requester)
        return resolution

    async def _related(self, resolution: Resolution, topic: Sequence[Turn]) -> Resolution:
        """A seemingly new topic, unless it is near enough to the old one."""
        vector = await self.embedder.embed_query(resolution.asked)
        for turn in topic:
            if float(vector @ await self.embedder.embed_query(turn.resolution.text)) >= RELATED:
                return same_topic(resolution, topic)
        return resolution


def _mostly_in(language: str, documents: Sequence[Document]) -> bool:
    """Whether most content is in a language: an answer from another one takes a model call more, so rules must do."""
    return 2 * sum(primary(d.language) == language for d in documents) >= len(documents)


def question_of(question: Question, resolution: Resolution) -> Question:
    """The question as it is to be answered."""
    return replace(
        question,
        text=resolution.text,
        language=question.language or resolution.language,
        sought=resolution.sought,
        background=resolution.background,
        calls=resolution.calls,
        silent=resolution.silent,
    )
