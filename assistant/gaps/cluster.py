"""Questions that ask for the same thing, put together. Deterministic: the same questions make the same gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.domain.gap import AskedQuestion, GapRecord, GapStatus
from assistant.domain.terms import analyser_of, terms
from assistant.ports.embedder import Vector

SIMILAR = 0.80  # cosine above which two questions of one language may be the same one
OVERLAP = 0.2  # share of terms they must have in common as well


@dataclass(frozen=True, slots=True)
class Clustered:
    """New gaps, and which gap each question belongs to by answer id."""

    opened: tuple[GapRecord, ...]
    members: Mapping[str, str]


def cluster(
    asked: Sequence[AskedQuestion], gaps: Sequence[GapRecord], vectors: Mapping[str, Vector], *, fingerprint: str
) -> Clustered:
    """Each question in the nearest gap of its language, or in a new one that it opens.

    Questions are taken in the order they were first asked. `vectors` has one for each answer id. A gap's place never
    moves: it is the place of the question that opened it.
    """
    known = list(gaps)
    opened: list[GapRecord] = []
    members: dict[str, str] = {}
    for question in sorted(asked, key=lambda q: (q.first_at, q.answer_id)):
        vector = vectors[question.answer_id]
        home = _nearest(question, vector, known)
        if home is None:
            home = _opened_by(question, vector, fingerprint)
            opened.append(home)
            known.append(home)
        members[question.answer_id] = home.id
    return Clustered(tuple(opened), members)


def _nearest(question: AskedQuestion, vector: Vector, gaps: Sequence[GapRecord]) -> GapRecord | None:
    alike = [
        (float(vector_of(gap) @ vector), gap.id, gap)
        for gap in gaps
        if gap.language == question.language and gap.tenant == question.asker.tenant
    ]
    near = [entry for entry in alike if entry[0] >= SIMILAR and overlap(question.question, entry[2]) >= OVERLAP]
    return max(near, key=lambda entry: (entry[0], entry[1]))[2] if near else None


def overlap(question: str, gap: GapRecord) -> float:
    """The share of terms that a question and a gap's have in common (Jaccard 1901)."""
    analyser = analyser_of(gap.language)
    one, other = set(terms(question, analyser)), set(terms(gap.question, analyser))
    return len(one & other) / max(len(one | other), 1)


def _opened_by(question: AskedQuestion, vector: Vector, fingerprint: str) -> GapRecord:
    return GapRecord(
        id=question.answer_id,
        tenant=question.asker.tenant,
        language=question.language,
        question=question.question,
        vector=np.asarray(vector, dtype="<f4").tobytes(),
        fingerprint=fingerprint,
        status=GapStatus.OPEN,
        opened_at=question.first_at,
        changed_at=question.first_at,
        nearest=question.nearest,
    )


def vector_of(gap: GapRecord) -> Vector:
    """The place of a gap."""
    return np.frombuffer(gap.vector, dtype="<f4").astype(np.float32)
