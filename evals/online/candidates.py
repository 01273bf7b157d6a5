"""Questions of the live service that may become cases."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.agents.understanding.dates import Calendar
from assistant.agents.understanding.entities import marked
from assistant.agents.understanding.reading import Catalogue
from assistant.domain.answer import AnswerStatus
from assistant.domain.gap import AskedQuestion, RatedAnswer
from assistant.gaps.redaction import redacted

SHORTEST = 3  # letters of a name that is masked; shorter ones are words of their own too often
MASKED_NAME = "[partner]"
MASKS = {
    "email": "[e-mail]", "domain": "[domain]", "phone": "[phone]", "duns": "[number]", "deal_id": "[deal]",
    "money": "[amount]",
}  # fmt: skip


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
    names: Collection[str],
    share: float,
    decided: Collection[str] = (),
) -> list[Candidate]:
    """What went wrong or was rated, and a share of the rest, those asked most often first.

    The share is drawn by the id of the answer, so that the same questions always make the same sample. `names` are
    those of partners; ids in `decided` are left out.
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


def _candidate(asked: AskedQuestion, why: Sequence[str], names: Collection[str], *, comment: str) -> Candidate:
    def clean(text: str) -> str:
        return without_names(text, names, language=asked.language, at=asked.last_at)

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


def without_names(text: str, names: Iterable[str], *, language: str, at: datetime) -> str:
    """A text without e-mail addresses, phone numbers, domains, deal ids, amounts of money and these names."""
    found = marked(redacted(text), how=Calendar(language, at.date()), catalogue=Catalogue(()))
    clean = found.text
    for entity in sorted(found.entities, key=lambda entity: -entity.start):
        if entity.kind in MASKS:
            start = (
                entity.start + len(clean[entity.start : entity.end]) - len(clean[entity.start : entity.end].lstrip())
            )
            clean = f"{clean[:start]}{MASKS[entity.kind]}{clean[entity.end :]}"
    known = sorted({name.strip() for name in names if len(name.strip()) >= SHORTEST}, key=len, reverse=True)
    either = "|".join(re.escape(name) for name in known)
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", MASKED_NAME, clean, flags=re.IGNORECASE) if known else clean
