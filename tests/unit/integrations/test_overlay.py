from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.domain.content import Scope
from assistant.ports.content_store import PassageRecord
from assistant.ports.passage_index import LexicalQuery
from assistant.testing import HashEmbedder, sample_document
from integrations.indexes.lexical import Lexical, LexicalBuilder, LexicalDocument, searchable
from integrations.indexes.overlay import Overlay

EMBEDDER = HashEmbedder()
SCOPES = frozenset({Scope().key})
DRAW = random.Random(4)
RECORDS = [
    PassageRecord(passage=passage, title=f"Guide {number % 7}", vector=vector)
    for number in range(120)
    for document in [
        sample_document(
            f"d{number:03d}",
            [
                " ".join(
                    DRAW.choices(["deal", "fund", "tier", "claim", "lead", "rule", "region"], k=DRAW.randint(5, 25))
                )
            ],
            embedder=EMBEDDER,
            headings=[DRAW.choice(["Deals", "Funds of a region"])],
        )
    ]
    for passage, vector in zip(document.passages, document.vectors, strict=True)
]
QUERY = LexicalQuery(text="fund region guide 3", language="en")


def build(folder: Path, records: list[PassageRecord]) -> Lexical:
    builder = LexicalBuilder(folder / "en", "en")
    for row, record in enumerate(records):
        builder.add(LexicalDocument(row, record.passage.scope_key, searchable(record)))
    return Lexical(folder / "en", analyser="en", statistics=builder.finish())


def test_passages_in_memory_score_as_they_would_in_the_built_index(tmp_path: Path) -> None:
    built = {
        RECORDS[row].passage.id: score for row, score in build(tmp_path, RECORDS).search(QUERY, scopes=None, limit=120)
    }
    held = {hit.passage_id: hit.score for hit in Overlay(RECORDS).matching(QUERY, scopes=SCOPES, limit=120)}
    assert held.keys() == built.keys()
    # The built index keeps lengths in one byte; up to 40 terms that is exact.
    assert held == pytest.approx(built, rel=1e-4)


def test_a_few_changed_passages_score_by_the_statistics_of_all(tmp_path: Path) -> None:
    whole = {hit.passage_id: hit.score for hit in Overlay(RECORDS).matching(QUERY, scopes=SCOPES, limit=120)}
    few = Overlay(RECORDS[110:], [build(tmp_path, RECORDS[:110])])
    for hit in few.matching(QUERY, scopes=SCOPES, limit=10):
        assert hit.score == pytest.approx(whole[hit.passage_id], rel=1e-6)
