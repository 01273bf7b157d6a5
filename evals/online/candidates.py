"""Questions of the live service that may become cases."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.domain.answer import AnswerStatus
from assistant.domain.gap import AskedQuestion, RatedAnswer
from evals.online.masking import KnownNames, masked


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may become a case. `why` it was taken: signals, a rating, or `sampled`. Nobody is named in it.

    `nearest` are the ids of the documents that its answer cited, or that came closest; `comment` is a rater's.
    """

    id: str
    question: str
    language: str
    status: AnswerStatus
    confidence: float
    why: tuple[str, ...]
    times: int
    nearest: tuple[str, ...]
    last_at: datetime
    comment: str = ""


def candidates(
    asked: Sequence[AskedQuestion],
    ratings: Sequence[RatedAnswer],
    *,
    names: KnownNames,
    share: float,
    decided: Collection[str] = (),
) -> list[Candidate]:
    """What went wrong or was rated, and a share of the rest, those asked most often first.

    The share is drawn by the id of the answer, so that the same questions always make the same sample. `names` are
    masked; ids in `decided` are left out.
    """
    rated = {each.feedback.answer_id: each.feedback for each in ratings}
    found = []
    for question in asked:
        feedback = rated.get(question.answer_id)
        why = [signal.value for signal in sorted(question.signals)]
        why += [f"rated {feedback.rating}"] if feedback else []
        why = why or (["sampled"] if _drawn(question.answer_id, share) else [])
        if why and question.answer_id not in decided:
            found.append(_candidate(question, why, names, comment=feedback.comment if feedback else ""))
    return sorted(found, key=lambda each: (-each.times, each.id))


def _drawn(answer_id: str, share: float) -> bool:
    return int(hashlib.sha256(answer_id.encode()).hexdigest()[:8], 16) < share * 16**8


def _candidate(asked: AskedQuestion, why: Sequence[str], names: KnownNames, *, comment: str) -> Candidate:
    def clean(text: str) -> str:
        return masked(text, names, language=asked.language, at=asked.last_at)

    return Candidate(
        id=asked.answer_id,
        question=clean(asked.question),
        language=asked.language,
        status=asked.status,
        confidence=asked.confidence,
        why=tuple(why),
        times=asked.times,
        nearest=asked.nearest,
        last_at=asked.last_at,
        comment=clean(comment),
    )
