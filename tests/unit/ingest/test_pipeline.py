"""What a run makes of changed, moved, deleted, restricted and repeated documents."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator

import pytest

from assistant.testing import HashEmbedder, MemoryContent
from ingest import pipeline
from ingest.pipeline import Ingest, embed_distinct
from ingest.sources import open_source
from ingest.sources.item import Content, Item, MetadataFile
from ingest.summary import IngestSummary
from ingest.watch import ingest_on_change
from tests.unit.ingest.world import CountingEmbedder, Noon, World, counts


def test_a_first_run_adds_everything_that_is_content(world: World) -> None:
    summary = world.run()
    assert counts(summary) == (2, 0, 0, 0, 0)
    assert (summary.skipped, summary.passages, summary.embedded, summary.generation) == (1, 3, 3, 1)
    assert world.documents["guide.md"].title == "Guide"
    assert world.events.seen == [("guide.md", "added"), ("sub/price.md", "added"), ("", "3 passages")]
    assert world.events.total == 2


def test_an_unchanged_run_embeds_nothing_and_keeps_the_generation(world: World) -> None:
    first = world.run()
    world.embedder.texts = 0
    (world.folder / "guide.md").touch()
    summary = world.run()
    assert counts(summary) == (0, 0, 2, 0, 0)
    assert (summary.embedded, summary.passages, world.embedder.texts) == (0, 0, 0)
    assert summary.generation == first.generation


def test_a_changed_a_moved_and_a_deleted_file_leave_no_passage_behind(world: World) -> None:
    world.run()
    world.write("guide.md", "# Guide\n\nPartners register deals by mail.")
    (world.folder / "sub" / "price.md").rename(world.folder / "moved.md")
    summary = world.run()
    assert counts(summary) == (1, 1, 0, 1, 0)
    assert world.texts() == ["Gold partners get 20 percent.", "Partners register deals by mail."]
    assert set(world.documents) == {"guide.md", "moved.md"}
    shutil.rmtree(world.folder)
    world.folder.mkdir()
    assert counts(world.run()) == (0, 0, 0, 2, 0)
    assert world.texts() == []


def test_a_restriction_added_beside_a_file_reaches_its_passages(world: World) -> None:
    world.run()
    before = world.documents
    assert before["sub/price.md"].audience.public
    world.write("sub/_folder.meta.yaml", "audience: {minimum_tier: gold}")
    summary = world.run()
    assert counts(summary) == (0, 1, 1, 0, 0)
    assert world.documents["sub/price.md"].audience.minimum_tier == "gold"
    assert {row.passage.scope_key for row in world.content.rows()} == {d.scope.key for d in world.documents.values()}
    world.write("sub/price.md.meta.yaml", "audience: {}")
    world.run()
    assert world.documents["sub/price.md"].audience.public


def test_keys_from_the_command_line_win_over_all_and_count_as_a_change(world: World) -> None:
    world.write("guide.md.meta.yaml", "product: Sidecar\nowner: Sidecar")
    world.run()
    assert counts(world.run(keys=["product=Line"])) == (0, 2, 0, 0, 0)
    assert (world.documents["guide.md"].product, world.documents["guide.md"].owner) == ("Line", "Sidecar")
    assert counts(world.run(keys=["product=Line"])) == (0, 0, 2, 0, 0)


def test_front_matter_stands_between_sidecar_and_folder(world: World) -> None:
    world.write("f.md", "---\ntitle: Front\nproduct: Front\nowner: Front\n---\n# Heading\n\nText.")
    world.write("f.md.meta.yaml", "product: Sidecar")
    world.write("_folder.meta.yaml", "owner: Folder\nasset_type: folder")
    world.run()
    document = world.documents["f.md"]
    assert (document.title, document.product, document.owner, document.asset_type) == (
        "Front", "Sidecar", "Front", "folder",
    )  # fmt: skip
    assert document.series == document.id


def test_a_dry_run_counts_and_writes_nothing(world: World) -> None:
    world.write("bad.md", "")
    summary = world.run(dry_run=True)
    assert counts(summary) == (2, 0, 0, 0, 1)
    assert (summary.passages, summary.embedded, world.embedder.texts) == (3, 0, 0)
    assert world.content.written == {}
    assert world.content.kept_out == {}
    world.run()
    (world.folder / "guide.md").unlink()
    assert counts(world.run(dry_run=True)) == (0, 0, 1, 1, 1)
    assert len(world.documents) == 2


def test_a_stamp_of_the_store_saves_the_reading(world: World) -> None:
    class Stamped:
        uri = "s3://bucket"
        reads = 0

        def items(self) -> Iterator[Item]:
            yield Item("a.md", "s3://bucket/a.md", stamp='"etag"')

        def read(self, item: Item, *, limit: int) -> Content:
            self.reads += 1
            return Content(b"# A\n\nText.", "a.md")

        def metadata(self, item: Item) -> tuple[MetadataFile, ...]:
            return ()

    source = Stamped()
    ingest = Ingest(world.content.writer, world.embedder, Noon())
    assert [counts(ingest.run([source]))[:3] for _ in range(2)] == [(1, 0, 0), (0, 0, 1)]
    assert source.reads == 1


def test_what_is_stored_does_not_depend_on_the_windows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        world.write(f"n{number:02}.md", f"# N{number}\n\n" + f"word{number} text " * 30)
    world.run()
    whole = {row.passage: row.vector.tobytes() for row in world.content.rows()}
    events = len(world.events.seen)
    world.content = MemoryContent()
    monkeypatch.setattr(pipeline, "WINDOW_TOKENS", 200)
    assert world.run().added == 42
    assert sum("passages" in what for _, what in world.events.seen[events:]) > 5
    assert {row.passage: row.vector.tobytes() for row in world.content.rows()} == whole


def test_a_text_that_is_there_several_times_is_embedded_once() -> None:
    embedder = CountingEmbedder()
    vectors = embed_distinct(embedder, ["a", "b", "a", "a"])
    assert embedder.texts == 2
    assert (vectors == HashEmbedder().embed_passages(["a", "b", "a", "a"])).all()


def test_watching_ingests_what_changes(world: World) -> None:
    stop, written = threading.Event(), iter(["meanwhile.md"])

    def run() -> IngestSummary:
        summary = world.run()
        for name in written:  # after the first run has looked at the folder, and before it ends
            world.write(name, "# Meanwhile\n\nText.")
        return summary

    runs = ingest_on_change([open_source(str(world.folder))], run, stop=stop)
    giving_up = threading.Timer(60, stop.set)
    giving_up.start()
    assert counts(next(runs))[0] == 2
    while "meanwhile.md" not in world.documents:
        next(runs)
    world.write("new.md", "# New\n\nText.")
    while "new.md" not in world.documents:
        next(runs)
    giving_up.cancel()
    stop.set()
    assert list(runs) == []
