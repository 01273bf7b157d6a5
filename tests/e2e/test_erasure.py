"""What is erased is nowhere in the data directory any more, and nothing else is lost."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
import tantivy

from assistant.domain.answer import AnswerStatus
from assistant.domain.terms import terms
from assistant.errors import StorageError
from assistant.ports.event_inbox import Arrival
from assistant.ports.passage_index import LexicalQuery
from assistant.retrieval.retrieve import Question
from assistant.testing import HashEmbedder
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from integrations import erasure
from integrations.bootstrap import Liaison, build
from integrations.commands.remove import remove_one
from integrations.erasure import remove_documents
from integrations.settings import Settings

MARKER = "zyxomarkerquux"


@pytest.fixture
def liaison(tmp_path: Path) -> Liaison:
    content = tmp_path / "content"
    content.mkdir()
    for number in range(60):
        (content / f"{number}.md").write_text(f"# Guide {number}\n\nRegistration number {number} lasts 90 days.\n")
    (content / "secret.md").write_text(f"# Secret\n\nThe {MARKER} discount is 42 percent.\n\n")
    installation = build(Settings(data=tmp_path / "data"), embedder=HashEmbedder())
    installation.ingest(IngestOptions()).run([open_source(str(content))])
    return installation


def bytes_with_marker(data: Path) -> list[str]:
    marks = (MARKER.encode(), MARKER.encode("utf-16-le"))
    return [
        str(path.relative_to(data))
        for path in data.rglob("*")
        if path.is_file() and any(mark in path.read_bytes() for mark in marks)
    ]


def indexes_with_marker(data: Path) -> list[str]:
    """The BM25 indexes on disk whose dictionary, which is stored compressed, has the marker."""
    (term,) = terms(MARKER, "en")
    known = []
    with tempfile.TemporaryDirectory() as aside:  # opening an index writes to it
        for number, folder in enumerate(meta.parent for meta in data.rglob("meta.json")):
            copy = shutil.copytree(folder, Path(aside, str(number)))
            if tantivy.Index.open(str(copy)).searcher().doc_freq("text", term):
                known.append(str(folder.relative_to(data)))
    return known


def test_what_a_removal_leaves_in_the_index_an_erasure_takes_away(liaison: Liaison, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert bytes_with_marker(data)
    assert indexes_with_marker(data)
    (secret,) = [d.id for d in asyncio.run(liaison.content.catalog()).documents if d.path == "secret.md"]
    remove_documents(liaison, [secret])
    assert indexes_with_marker(data), "a plain removal is not expected to clean the indexes"
    remove_documents(liaison, [secret], erase=True)
    assert bytes_with_marker(data) == []
    assert indexes_with_marker(data) == []
    liaison.close()


def test_what_a_click_in_slack_carried_of_it_is_gone_too(liaison: Liaison, tmp_path: Path) -> None:
    async def click() -> None:
        inbox = liaison.slack.inbox
        await inbox.put([Arrival(key="block_actions:1", kind="block_actions", body=f"The {MARKER} discount")])
        await inbox.finish(await inbox.claim(limit=1, lease=timedelta(seconds=30)))

    asyncio.run(click())
    assert any(name.startswith("slack") for name in bytes_with_marker(tmp_path / "data")), "it is in the journal"
    assert remove_one(liaison, "secret.md", erase=True) == 1
    assert bytes_with_marker(tmp_path / "data") == []
    liaison.close()


def test_after_an_erasure_everything_else_is_found_as_before(liaison: Liaison, tmp_path: Path) -> None:
    question = Question(text="Does registration number 7 last for 90 days?")
    before = asyncio.run(liaison.answerer.ask(question))
    assert before.status is AnswerStatus.ANSWERED
    assert remove_one(liaison, "secret.md", erase=True) == 1
    after = asyncio.run(liaison.answerer.ask(question))
    assert (after.text, [c.passage_id for c in after.citations]) == (
        before.text,
        [c.passage_id for c in before.citations],
    )
    hits = asyncio.run(
        liaison.index.matching(
            LexicalQuery(text=MARKER, language="en"),
            scopes=frozenset(d.scope.key for d in asyncio.run(liaison.content.catalog()).documents),
            limit=5,
        )
    )
    assert hits == []
    liaison.close()


def test_an_index_that_somebody_still_reads_is_named_and_erasing_again_finishes(
    liaison: Liaison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = build(Settings(data=tmp_path / "data"), embedder=HashEmbedder())
    asyncio.run(reader.answerer.ask(Question(text=f"What is the {MARKER} discount?")))
    monkeypatch.setattr(erasure, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(StorageError, match="1 other process"):
        remove_one(liaison, "secret.md", erase=True)
    asyncio.run(reader.answerer.ask(Question(text="How long does a registration last?")))
    remove_documents(liaison, [], erase=True)
    assert bytes_with_marker(tmp_path / "data") == []
    reader.close()
    liaison.close()


def test_erasing_the_last_document_leaves_an_empty_installation_that_works(liaison: Liaison, tmp_path: Path) -> None:
    source = (tmp_path / "content").resolve().as_uri()
    assert remove_one(liaison, source, erase=True) == 61
    assert bytes_with_marker(tmp_path / "data") == []
    answer = asyncio.run(liaison.answerer.ask(Question(text="How long does registration number 7 last?")))
    assert answer.declined
    liaison.close()
