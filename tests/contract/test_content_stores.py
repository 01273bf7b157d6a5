from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.domain.content import Audience, Scope
from assistant.domain.people import Role
from assistant.errors import FingerprintMismatch, StorageError, UsageError, WriterBusy
from assistant.ports.content_store import IngestedDocument, Quarantined, SourceContent
from assistant.testing import sample_document
from tests.contract.installations import EMBEDDER, STORES, Installation, install

GOLD = Scope(
    audience=Audience(
        roles=frozenset({Role.PARTNER}), minimum_tier="gold", regions=frozenset({"DE"}), partner_ids=frozenset({"acme"})
    ),
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
)
PRICES = sample_document("prices", ["Listenpreis", "Rabatt"], embedder=EMBEDDER, scope=GOLD, language="de")
GUIDE = sample_document(
    "guide", ["Register the deal.", "Wait for approval.", "Claim funds."], embedder=EMBEDDER, headings=["A", "B", "C"]
)
BAD = Quarantined(
    uri="memory://guide", path="guide", reason="encrypted", detail="Remove the password.", at="2026-05-01"
)


@pytest.fixture(params=STORES)
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    with install(request.param, tmp_path, request) as found:
        yield found


def store(installed: Installation, *documents: IngestedDocument, source: str = "docs") -> int:
    with installed.writer() as writer:
        for document in documents:
            writer.put(document, source=source, fingerprint=EMBEDDER.fingerprint)
        return writer.publish()


async def test_what_was_put_reads_back_as_it_was(installed: Installation) -> None:
    generation = store(installed, GUIDE, PRICES)
    content = installed.store
    catalog = await content.catalog()
    assert catalog.generation == generation
    assert catalog.documents == (GUIDE.document, PRICES.document)
    assert await content.passages_of("prices") == list(PRICES.passages)
    assert await content.text("guide") == GUIDE.text
    np.testing.assert_array_equal(await content.vectors([p.id for p in GUIDE.passages]), GUIDE.vectors)


async def test_passages_come_in_the_order_asked_without_those_that_do_not_exist(installed: Installation) -> None:
    store(installed, GUIDE)
    first, second, third = GUIDE.passages
    assert await installed.store.passages([third.id, "gone", first.id, third.id]) == [third, first, third]
    assert await installed.store.passages([]) == []
    assert second not in await installed.store.passages([first.id])


async def test_neighbours_outside_the_document_are_left_out(installed: Installation) -> None:
    store(installed, GUIDE, PRICES)
    found = await installed.store.neighbours({("guide", -1), ("guide", 2), ("prices", 0), ("prices", 9), ("no", 0)})
    assert found == [GUIDE.passages[2], PRICES.passages[0]]


async def test_asking_for_the_vector_of_a_missing_passage_is_an_error(installed: Installation) -> None:
    store(installed, GUIDE)
    with pytest.raises(StorageError, match="gone"):
        await installed.store.vectors([GUIDE.passages[0].id, "gone"])


async def test_an_unknown_document_has_no_text_and_no_passages(installed: Installation) -> None:
    assert await installed.store.text("nothing") == ""
    assert await installed.store.passages_of("nothing") == []
    assert (await installed.store.catalog()).documents == ()


async def test_readers_see_nothing_of_a_run_before_it_is_published(installed: Installation) -> None:
    store(installed, GUIDE)
    changed = sample_document("guide", ["Register the deal twice."], embedder=EMBEDDER)
    with installed.writer() as writer:
        writer.put(changed, source="docs", fingerprint=EMBEDDER.fingerprint)
        writer.put(PRICES, source="docs", fingerprint=EMBEDDER.fingerprint)
        assert (await installed.store.catalog()).documents == (GUIDE.document,)
        assert await installed.store.passages_of("guide") == list(GUIDE.passages)
        assert await installed.store.text("guide") == GUIDE.text
        assert writer.hashes("docs")["guide"] == changed.document.content_hash
        writer.publish()
    assert await installed.store.passages_of("guide") == list(changed.passages)
    assert len((await installed.store.catalog()).documents) == 2


async def test_a_run_that_was_broken_off_is_published_by_the_next(installed: Installation) -> None:
    with installed.writer() as writer:
        writer.put(GUIDE, source="docs", fingerprint=EMBEDDER.fingerprint)
    with installed.writer() as writer:
        assert writer.hashes("docs") == {"guide": GUIDE.document.content_hash}
        assert writer.publish() == 1
    assert (await installed.store.catalog()).documents == (GUIDE.document,)


async def test_replacing_a_document_leaves_no_passage_of_the_old_one(installed: Installation) -> None:
    store(installed, GUIDE)
    changed = sample_document("guide", ["Only this."], embedder=EMBEDDER, scope=GOLD)
    store(installed, changed)
    assert await installed.store.passages_of("guide") == list(changed.passages)
    assert await installed.store.passages([p.id for p in GUIDE.passages]) == list(changed.passages)
    assert (await installed.store.catalog()).documents[0].scope == GOLD


async def test_what_was_read_before_is_read_anew_once_something_else_is_published(installed: Installation) -> None:
    store(installed, GUIDE, PRICES)
    ids = [p.id for p in (*GUIDE.passages, *PRICES.passages)]
    await installed.store.vectors(ids)
    assert await installed.store.passages(ids) == [*GUIDE.passages, *PRICES.passages]
    edited = sample_document("guide", ["Ask first."], embedder=EMBEDDER)
    assert edited.passages[0].id == GUIDE.passages[0].id
    with installed.writer() as writer:
        writer.put(edited, source="docs", fingerprint=EMBEDDER.fingerprint)
        assert await installed.store.passages(ids) == [*GUIDE.passages, *PRICES.passages]  # not published yet
        writer.publish()
    assert await installed.store.passages(ids) == [*edited.passages, *PRICES.passages]
    np.testing.assert_array_equal(await installed.store.vectors([edited.passages[0].id]), edited.vectors)
    with pytest.raises(StorageError):
        await installed.store.vectors([GUIDE.passages[1].id])


async def test_a_document_changed_back_within_one_run_stays_as_it_was(installed: Installation) -> None:
    store(installed, GUIDE)
    with installed.writer() as writer:
        changed = sample_document("guide", ["Register the deal.", "Something else."], embedder=EMBEDDER)
        writer.put(changed, source="docs", fingerprint=EMBEDDER.fingerprint)
        writer.put(GUIDE, source="docs", fingerprint=EMBEDDER.fingerprint)
        writer.publish()
    assert await installed.store.passages_of("guide") == list(GUIDE.passages)


async def test_removed_documents_are_gone(installed: Installation) -> None:
    store(installed, GUIDE, PRICES)
    with installed.writer() as writer:
        writer.remove(["guide", "never there"])
        writer.publish()
    assert [d.id for d in (await installed.store.catalog()).documents] == ["prices"]
    assert await installed.store.passages([p.id for p in GUIDE.passages]) == []
    assert await installed.store.text("guide") == ""


async def test_hashes_are_those_of_the_source_asked_for(installed: Installation) -> None:
    store(installed, GUIDE, source="here")
    store(installed, PRICES, source="there")
    with installed.writer() as writer:
        assert writer.hashes("here") == {"guide": GUIDE.document.content_hash}
        assert writer.hashes("nowhere") == {}


async def test_a_batch_is_stored_whole_or_not_at_all(installed: Installation) -> None:
    wrong = replace(PRICES, vectors=PRICES.vectors[:1])
    with installed.writer() as writer:
        with pytest.raises(UsageError, match="prices"):
            writer.put_many([GUIDE, wrong], source="docs", fingerprint=EMBEDDER.fingerprint)
        assert writer.hashes("docs") == {}
        writer.put_many([GUIDE, PRICES], source="docs", fingerprint=EMBEDDER.fingerprint)
        assert set(writer.hashes("docs")) == {"guide", "prices"}


async def test_a_passage_with_the_scope_of_another_document_is_refused(installed: Installation) -> None:
    leaking = replace(PRICES, passages=GUIDE.passages[:2])
    with installed.writer() as writer, pytest.raises(UsageError):
        writer.put(leaking, source="docs", fingerprint=EMBEDDER.fingerprint)


async def test_quarantine_removes_the_document_at_its_place_until_it_is_put_again(installed: Installation) -> None:
    store(installed, GUIDE, PRICES)
    later = Quarantined(uri="memory://other", path="other", reason="empty", detail="No text.", at="2026-06-01")
    with installed.writer() as writer:
        writer.quarantine(BAD, source="docs")
        writer.quarantine(later, source="docs")
        writer.publish()
        assert writer.quarantined() == [later, BAD]
    assert [d.id for d in (await installed.store.catalog()).documents] == ["prices"]
    assert await installed.store.quarantined() == [later, BAD]
    store(installed, GUIDE)
    assert await installed.store.quarantined() == [later]


async def test_the_same_file_is_quarantined_once(installed: Installation) -> None:
    again = replace(BAD, reason="corrupt", at="2026-05-02")
    with installed.writer() as writer:
        writer.quarantine(BAD, source="docs")
        writer.quarantine(again, source="docs")
        assert writer.quarantined() == [again]


async def test_sources_tell_what_is_searchable_and_what_is_in_quarantine(installed: Installation) -> None:
    store(installed, GUIDE, source="here")
    store(installed, PRICES, source="there")
    with installed.writer() as writer:
        writer.quarantine(replace(BAD, uri="memory://bad", path="bad"), source="there")
        assert await installed.store.sources() == [
            SourceContent("here", documents=1, passages=3, quarantined=0),
            SourceContent("there", documents=1, passages=2, quarantined=1),
        ]
        writer.remove(["guide"])
        writer.publish()
    assert [found.source for found in await installed.store.sources() if found.documents] == ["there"]


async def test_quarantine_is_cleared_by_source_but_for_what_is_kept(installed: Installation) -> None:
    bad = [replace(BAD, uri=f"memory://{name}", path=name) for name in ("one", "two", "three")]
    with installed.writer() as writer:
        writer.quarantine(bad[0], source="here")
        writer.quarantine(bad[1], source="here")
        writer.quarantine(bad[2], source="there")
        writer.clear_quarantine("here", keep=["memory://two"])
        writer.publish()
    assert {found.path for found in await installed.store.quarantined()} == {"two", "three"}


async def test_vectors_of_another_embedder_are_refused(installed: Installation) -> None:
    store(installed, GUIDE)
    with installed.writer() as writer:
        assert writer.fingerprint() == EMBEDDER.fingerprint
        with pytest.raises(FingerprintMismatch, match="another"):
            writer.put(PRICES, source="docs", fingerprint="another")
        writer.remove(["guide"])
        writer.put(PRICES, source="docs", fingerprint="another")
        assert writer.fingerprint() == "another"


async def test_before_the_first_ingest_there_is_no_fingerprint_and_no_generation(installed: Installation) -> None:
    with installed.writer() as writer:
        assert writer.fingerprint() == ""
        assert writer.publish() == 0


async def test_generations_grow_only_when_something_changed(installed: Installation) -> None:
    assert store(installed, GUIDE) == 1
    with installed.writer() as writer:
        assert writer.publish() == 1
    assert store(installed, PRICES) == 2


async def test_a_second_writer_is_refused(installed: Installation) -> None:
    with installed.writer(), pytest.raises(WriterBusy), installed.writer():
        pytest.fail("two writers at once")
    with installed.writer() as writer:
        assert writer.quarantined() == []
