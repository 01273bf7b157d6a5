from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answering.answer import Answerer
from assistant.conversation.read import Reader
from assistant.domain.people import ANONYMOUS
from assistant.errors import IndexMissing, UsageError
from assistant.retrieval.retrieve import Retriever
from assistant.testing import HashEmbedder, MemoryContent, MemoryPassageIndex, sample_document
from evals.in_process import COMPLETE, InProcessOpener, InProcessTarget
from evals.target import Arm
from integrations.clock import SystemClock
from integrations.directory import Directory
from integrations.settings import Settings


@pytest.fixture
def target(tmp_path: Path) -> InProcessTarget:
    embedder, content = HashEmbedder(), MemoryContent()
    texts = {"fees.md": "The fee is 5 %.", "terms.md": "It is due after 30 days."}
    with content.writer() as writer:
        for name, text in texts.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            ingested = sample_document(name, [text], embedder=embedder)
            writer.put(ingested, source="test", fingerprint=embedder.fingerprint)
        writer.publish()
    index = MemoryPassageIndex(content, fingerprint=embedder.fingerprint)
    retriever = Retriever(store=content, index=index, embedder=embedder, clock=SystemClock())

    return InProcessTarget(
        corpus=tmp_path,
        store=content,
        index=index,
        embedder=embedder,
        answerer=Answerer(retriever, threshold=0.0),
        identify=Directory(None).requester,
        reader=Reader(embedder),
    )


@pytest.mark.parametrize("arm", list(Arm))
async def test_each_arm_and_their_fusion_rank_passages_by_path_and_text(target: InProcessTarget, arm: Arm) -> None:
    found = await target.retrieve("fee 5 %", requester=ANONYMOUS, arm=arm)
    assert (found[0].doc, found[0].text) == ("fees.md", "The fee is 5 %.")


async def test_citations_are_read_again_in_the_source_file(target: InProcessTarget) -> None:
    seen = await target.ask("What is the fee?", requester=ANONYMOUS)
    first = seen.citations[0]
    assert (first.doc, first.quote, first.source, first.passage) == ("fees.md", *["The fee is 5 %."] * 3)
    assert seen.sentences[0].citations == (1,)
    (target.corpus / "fees.md").write_text("Changed.", encoding="utf-8")
    assert (await target.ask("What is the fee?", requester=ANONYMOUS)).citations[0].source == "Changed."


async def test_nobody_is_guessed(target: InProcessTarget) -> None:
    assert await target.requester("") == ANONYMOUS
    with pytest.raises(UsageError, match="partner:acme"):
        await target.requester("partner:acme")


async def test_a_corpus_is_ingested_once_and_then_opened_as_it_is(tmp_path: Path) -> None:
    corpus, data = tmp_path / "corpus", tmp_path / "data"
    corpus.mkdir()
    (corpus / "fees.md").write_text("# Fees\n\nThe fee is 5 %.", encoding="utf-8")
    opener = InProcessOpener(Settings())
    async with opener(corpus=corpus, data=data, ingest=True) as target:
        found = await target.retrieve("What is the fee?", requester=ANONYMOUS)
        assert found[0].doc == "fees.md"
    assert (data / COMPLETE).exists()
    (corpus / "fees.md").unlink()
    async with opener(corpus=corpus, data=data, ingest=True) as target:
        assert [document.path for document in await target.documents()] == ["fees.md"]


async def test_a_corpus_without_content_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    with pytest.raises(IndexMissing, match="could be ingested"):
        async with InProcessOpener(Settings())(corpus=tmp_path / "corpus", data=tmp_path / "data", ingest=True):
            pass
