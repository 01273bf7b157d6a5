"""What a run does when files, sources, disks and settings are not as they should be."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.errors import FingerprintMismatch, InvalidMetadata, SourceError, StorageError, WriterBusy
from assistant.ports.content_store import IngestedDocument
from assistant.testing import HashEmbedder
from assistant.testing.content import MemoryContentWriter
from ingest import pipeline
from ingest.pipeline import Ingest
from ingest.sources import open_source
from ingest.sources.item import Content, Item, MetadataFile
from ingest.watch import ingest_on_change
from tests.unit.ingest.world import Noon, World, counts


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("bad.md", "---\naudiance: {minimum_tier: gold}\n---\nText.", "unknown_metadata_key"),
        ("bad.md", "---\naudience: gold\n---\nText.", "invalid_metadata"),
        ("bad.md", "---\naudience: {minimum_tier: diamond}\n---\nText.", "invalid_metadata"),
        ("bad.md", "", "empty"),
        ("bad.pdf", "%PDF-1.7 damaged", "corrupt"),
    ],
)
def test_a_bad_file_is_quarantined_with_its_reason_and_the_rest_is_ingested(
    world: World, name: str, text: str, reason: str
) -> None:
    world.write(name, text)
    summary = world.run()
    assert counts(summary) == (2, 0, 0, 0, 1)
    (entry,) = summary.quarantined
    assert (entry.path, entry.reason, entry.at) == (name, reason, "2026-11-16T12:00:00+00:00")
    assert list(world.content.kept_out.values()) == [entry]
    assert not summary.nothing_worked


def test_a_bad_folder_file_keeps_everything_below_it_out(world: World) -> None:
    world.run()
    world.write("sub/_folder.meta.yaml", "audiance: {}")
    summary = world.run()
    assert counts(summary) == (0, 0, 1, 0, 1)
    assert set(world.documents) == {"guide.md"}


def test_a_file_that_goes_bad_leaves_the_search_and_comes_back_when_it_is_fixed(world: World) -> None:
    world.run()
    good = (world.folder / "guide.md").read_text()
    world.write("guide.md", "---\naudience: x\n---\n" + good)
    assert counts(world.run()) == (0, 0, 1, 0, 1)
    assert set(world.documents) == {"sub/price.md"}
    world.write("guide.md", good)
    assert counts(world.run()) == (1, 0, 1, 0, 0)
    assert world.content.kept_out == {}


def test_a_bad_file_that_is_deleted_leaves_quarantine(world: World) -> None:
    path = world.write("bad.md", "")
    world.run()
    path.unlink()
    world.run()
    assert world.content.kept_out == {}


def test_nothing_worked_only_when_all_of_it_is_bad(tmp_path: Path) -> None:
    world = World(tmp_path / "c")
    world.write("bad.md", "")
    assert world.run().nothing_worked
    (world.folder / "bad.md").unlink()
    assert not world.run().nothing_worked


def test_a_source_that_cannot_be_listed_deletes_nothing(world: World) -> None:
    world.run()
    source = open_source(str(world.folder))
    shutil.move(world.folder, world.folder.with_name("away"))

    class Unlistable:
        uri = source.uri

        def items(self) -> Iterator[Item]:
            raise SourceError("The server is away.")

        def read(self, item: Item, *, limit: int) -> Content:
            raise AssertionError

        def metadata(self, item: Item) -> tuple[MetadataFile, ...]:
            raise AssertionError

    summary = Ingest(world.content.writer, world.embedder, Noon()).run([Unlistable()])
    assert counts(summary) == (0, 0, 0, 0, 0)
    assert [entry.reason for entry in summary.unavailable] == ["source"]
    assert summary.nothing_worked
    assert len(world.documents) == 2


def test_a_document_out_of_reach_keeps_what_was_ingested_of_it(world: World) -> None:
    class Flaky:
        uri = "s3://bucket"
        down = False

        def items(self) -> Iterator[Item]:
            yield Item("a.md", "s3://bucket/a.md")
            yield Item("gone.md", "s3://bucket/gone.md")

        def read(self, item: Item, *, limit: int) -> Content:
            if item.path == "gone.md":
                raise FileNotFoundError(item.path)
            if self.down:
                raise SourceError("timed out")
            return Content(b"# A\n\nText.", "a.md")

        def metadata(self, item: Item) -> tuple[MetadataFile, ...]:
            return ()

    source = Flaky()
    ingest = Ingest(world.content.writer, world.embedder, Noon())
    assert counts(ingest.run([source])) == (1, 0, 0, 0, 0)
    source.down = True
    summary = ingest.run([source])
    assert (counts(summary), len(summary.unavailable)) == ((0, 0, 0, 0, 0), 1)
    assert set(world.documents) == {"a.md"}


def test_another_embedder_is_refused_before_anything_is_replaced(world: World) -> None:
    world.run()
    other = Ingest(world.content.writer, HashEmbedder(dimension=32), Noon())
    with pytest.raises(FingerprintMismatch):
        other.run([open_source(str(world.folder))])
    assert len(world.documents) == 2


def test_a_second_writer_is_refused(world: World) -> None:
    with world.content.writer(), pytest.raises(WriterBusy):
        world.run()


def test_a_full_disk_ends_the_run_and_the_next_one_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "WINDOW_TOKENS", 1)
    whole = MemoryContentWriter.put_many

    def full(self: MemoryContentWriter, batch: Sequence[IngestedDocument], *, source: str, fingerprint: str) -> None:
        if batch[0].document.path != "guide.md":
            raise StorageError("No space left on device.")
        whole(self, batch, source=source, fingerprint=fingerprint)

    with monkeypatch.context() as patched:
        patched.setattr(MemoryContentWriter, "put_many", full)
        with pytest.raises(StorageError):
            world.run()
    assert counts(world.run()) == (1, 0, 1, 0, 0)
    assert len(world.documents) == 2


def test_only_folders_can_be_watched(world: World) -> None:
    with pytest.raises(SourceError, match="watched"):
        next(ingest_on_change([open_source("memory://x")], world.run, stop=threading.Event()))


def test_an_unknown_tier_on_the_command_line_is_an_error_of_the_user(world: World) -> None:
    with pytest.raises(InvalidMetadata):
        world.run(keys=["audience=gold"])
