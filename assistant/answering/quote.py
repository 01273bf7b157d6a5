"""Answers that need no model: quotes, and honest refusals."""

from __future__ import annotations

import time
from collections.abc import Sequence

from assistant.answering.compose import cite, pieces_of, sentences_of
from assistant.answering.confidence import unsure
from assistant.answering.events import Answered, AnswerEvent, AnswerFinished, NumberedCitation, SentenceReady
from assistant.answering.extract import Extract, extract
from assistant.answering.gloss import glossed
from assistant.answering.weights import Weights
from assistant.domain.answer import Answer, AnswerStatus, DeclineReason
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Retrieved
from prompts.messages import message


def quoted(retrieved: Retrieved, weights: Weights, *, sure: float, start: float) -> list[AnswerEvent]:
    """The answer in the content's own words, sentence by sentence, then whole. `start` is when the question came.

    Where it is not sure that they answer, the status is partial and a notice says so.
    """
    extracts = extract(retrieved, weights)
    sentences, pieces = sentences_of(extracts), pieces_of(extracts)
    citations = tuple(cite(e, retrieved.documents[e.source.passage.document_id]) for e in extracts)
    events: list[AnswerEvent] = []
    told: set[int] = set()
    for sentence, piece in zip(sentences, pieces, strict=True):
        new = [number for number in sentence.citations if number not in told]
        told.update(new)
        fresh = tuple(NumberedCitation(number, citations[number - 1]) for number in new)
        events.append(SentenceReady(sentence=sentence, markdown=piece, citations=fresh))
    doubt = (message("notice_unsure", retrieved.language),) if unsure(sure, weights) else ()
    answer = Answer(
        question=retrieved.question.text,
        status=AnswerStatus.PARTIAL if doubt else AnswerStatus.ANSWERED,
        text="".join(pieces),
        language=retrieved.language,
        sentences=sentences,
        citations=citations,
        confidence=sure,
        generation=retrieved.generation,
        latency_ms=(time.perf_counter() - start) * 1000,
        notices=(*doubt, *glossed(_english(extracts, retrieved), retrieved.language)),
    )
    return [*events, AnswerFinished(Answered(answer, retrieved))]


def _english(extracts: Sequence[Extract], retrieved: Retrieved) -> list[str]:
    """The quotes from English documents."""
    spoken = {key: primary(document.language) for key, document in retrieved.documents.items()}
    return [unit.words for e in extracts if spoken[e.source.passage.document_id] == "en" for unit in e.units]


def declined(retrieved: Retrieved, reason: DeclineReason, *, sure: float, start: float) -> Answer:
    """That there is no answer, why, and what was searched, in the asker's language."""
    titles = dict.fromkeys(retrieved.documents[r.passage.document_id].title for r in retrieved.passages)
    return Answer(
        question=retrieved.question.text,
        status=AnswerStatus.DECLINED,
        text=message(
            f"declined_{reason}",
            retrieved.language,
            searched=str(retrieved.searched),
            nearest=", ".join(list(titles)[:3]) or "–",
        ),
        language=retrieved.language,
        reason=reason,
        confidence=sure,
        generation=retrieved.generation,
        latency_ms=(time.perf_counter() - start) * 1000,
    )
