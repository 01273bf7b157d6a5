"""A small corpus in three states, the same on every run."""

from __future__ import annotations

import random
from dataclasses import dataclass

from assistant.domain.content import Audience, Scope
from assistant.ports.content_store import IngestedDocument, Quarantined
from assistant.testing import HashEmbedder, sample_document

EMBEDDER = HashEmbedder(dimension=384)
SOURCE = "corpus"
SCOPES = (Scope(), Scope(audience=Audience(minimum_tier="gold")), Scope(audience=Audience(regions=frozenset({"DE"}))))
SCOPE_KEYS = frozenset(scope.key for scope in SCOPES)
WORDS = [
    f"{start}{end}" for start in ("part", "deal", "fund", "claim", "tier", "rule", "lead") for end in "abcdefghijkl"
]
LANGUAGES = ("en", "de", "ja")
DOCUMENTS = 60
PASSAGES = 5
QUESTIONS = ("parta dealb", "fundc claimd tiere", "rulef leadg", "dealh", "parti claimj rulek fundl")


@dataclass(frozen=True, slots=True)
class Step:
    """What the source holds at one time: documents, and files that cannot be read."""

    documents: tuple[IngestedDocument, ...]
    unreadable: tuple[Quarantined, ...] = ()


def document(number: int, *, edition: int = 0, scope: int | None = None) -> IngestedDocument:
    """Document `number`; a later edition has its first passage rewritten."""
    texts = []
    for place in range(PASSAGES):
        draw = random.Random(f"{number}-{place}-{edition if place == 0 else 0}")
        texts.append(" ".join(draw.choices(WORDS, k=30)))
    return sample_document(
        f"d{number:03d}",
        texts,
        embedder=EMBEDDER,
        scope=SCOPES[number % len(SCOPES) if scope is None else scope],
        language=LANGUAGES[number % len(LANGUAGES)],
    )


def steps() -> tuple[Step, Step, Step]:
    """The first ingest; a few changes, searched as a delta; and so many that a new generation is built."""
    first = {number: document(number) for number in range(DOCUMENTS)}
    few = first | {7: document(7, edition=1), 8: document(8, scope=1)}
    del few[9]
    bad = Quarantined(uri="memory://d009", path="d009", reason="corrupt", detail="Cannot be read.", at="2026-01-01")
    many = {number: document(number, edition=2) for number in range(10, DOCUMENTS + 20)}
    return (
        Step(documents=tuple(first.values())),
        Step(documents=tuple(few.values()), unreadable=(bad,)),
        Step(documents=tuple(many.values())),
    )
