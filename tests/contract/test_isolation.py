"""The audience wall: whatever is asked by whomever, nothing outside the allowed scopes is found."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.domain.content import Audience, Scope
from assistant.domain.people import ANONYMOUS, Requester, Role, TierLadder
from assistant.ports.content_store import ContentWriter, IngestedDocument
from assistant.ports.passage_index import LexicalQuery
from assistant.retrieval.audience import valid, visible
from assistant.testing import HashEmbedder, sample_document
from integrations import indexes, records

EMBEDDER = HashEmbedder()
LADDER = TierLadder()
TODAY = date(2026, 6, 1)
DOCUMENTS, STATES, REQUESTERS_PER_STATE = 300, 8, 1_250
WORDS = [f"topic{number}" for number in range(40)]


def some_scope(draw: random.Random) -> Scope:
    def maybe(values: list[str]) -> frozenset[str]:
        return frozenset(draw.sample(values, draw.choice((0, 0, 0, 1, 2))))

    return Scope(
        audience=Audience(
            roles=frozenset(draw.sample(list(Role), draw.choice((0, 0, 1)))),
            minimum_tier=draw.choice(("", "", *LADDER.names, "diamond")),
            regions=maybe(["DE", "EMEA", "US", "JP"]),
            partner_ids=maybe(["acme", "globex", "initech"]),
        ),
        valid_from=draw.choice((None, None, TODAY, TODAY + timedelta(days=1))),
        valid_until=draw.choice((None, None, TODAY, TODAY - timedelta(days=1))),
    )


def some_requester(draw: random.Random) -> Requester:
    if draw.random() < 0.1:
        return ANONYMOUS
    return Requester(
        user="somebody",
        role=draw.choice(list(Role)),
        partner_id=draw.choice(("", "acme", "globex", "initech")),
        tier=draw.choice(("", *LADDER.names, "unheard of")),
        regions=frozenset(draw.sample(["DE", "EMEA", "US", "JP"], draw.randint(0, 3))),
    )


def some_document(draw: random.Random, number: int, scopes: list[Scope]) -> IngestedDocument:
    texts = [" ".join(draw.choices(WORDS, k=12)) for _ in range(2)]
    scope = draw.choice(scopes)
    return sample_document(f"d{number:03d}", texts, embedder=EMBEDDER, scope=scope, language=draw.choice(("en", "ja")))


def store(open_writer: Callable[[], AbstractContextManager[ContentWriter]], documents: list[IngestedDocument]) -> None:
    with open_writer() as writer:
        writer.put_many(documents, source="s", fingerprint=EMBEDDER.fingerprint)
        writer.publish()


async def outsiders(
    index: indexes.LivePassageIndex, held: dict[str, Scope], draw: random.Random, requester: Requester
) -> list[str]:
    """The passages that were found although this requester must not see them, by their documents' true scopes."""
    seen = {s for s in set(held.values()) if valid(s, TODAY) and visible(s.audience, requester, LADDER)}
    allowed = frozenset(scope.key for scope in seen)
    question = " ".join(draw.choices(WORDS, k=3))
    limit = draw.choice((5, 40, 600))
    hits = await index.nearest(await EMBEDDER.embed_query(question), scopes=allowed, limit=limit)
    hits += await index.matching(LexicalQuery(text=question, language="en"), scopes=allowed, limit=limit)
    if seen:
        assert hits, "a requester who may see something finds it"
    return [hit.passage_id for hit in hits if held[hit.document_id] not in seen]


@pytest.mark.slow
@pytest.mark.parametrize("exact_rows", [200_000, 0], ids=["exact scan", "filter of Chroma"])
async def test_ten_thousand_requesters_find_nothing_outside_their_audience(exact_rows: int, tmp_path: Path) -> None:
    draw = random.Random(20260601)
    scopes = [Scope(), *(some_scope(draw) for _ in range(40))]
    content = records.open_content(tmp_path)
    index = indexes.open_index(
        tmp_path, source=content, fingerprint=EMBEDDER.fingerprint, exact_rows=exact_rows, exact_first=0
    )

    def open_writer() -> AbstractContextManager[ContentWriter]:
        return records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path))

    documents = [some_document(draw, number, scopes) for number in range(DOCUMENTS)]
    held: dict[str, Scope] = {}
    pairs, leaks = 0, list[str]()
    share = 1 if exact_rows else 10  # Chroma's filter is slower, and there is one path through it
    for state in range(STATES):
        # Every other state changes few documents, which are then searched beside the built generation.
        changed = documents if state == 0 else draw.sample(documents, 6 if state % 2 else 60)
        tightened = [some_document(draw, int(d.document.id[1:]), scopes) for d in changed] if state else documents
        store(open_writer, tightened)
        held |= {d.document.id: d.document.scope for d in tightened}
        for _ in range(REQUESTERS_PER_STATE // share):
            leaks += await outsiders(index, held, draw, some_requester(draw))
            pairs += 1
    index.close()
    content.close()
    assert leaks == []
    assert pairs >= 10_000 // share
