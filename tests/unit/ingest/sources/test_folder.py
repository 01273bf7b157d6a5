"""Folders and files of this machine, with everything that can be wrong about them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.errors import SourceError, UnreadableDocument
from ingest.sources import open_source
from ingest.sources.folder import FolderSource

MEGABYTE = 1024 * 1024


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n\nText of {name}.", encoding="utf-8")


def paths(folder: Path) -> list[str]:
    return [item.path for item in FolderSource(folder).items()]


def test_documents_are_listed_in_one_order_without_hidden_lock_and_metadata_files(tmp_path: Path) -> None:
    fill(tmp_path, "b.md", "a.md", "sub/z.md", "sub/a.md", ".hidden.md", ".git/x.md", "sub/.cache/y.md", "~$a.docx")
    fill(tmp_path, "_folder.meta.yaml", "a.md.meta.yaml", "sub/_folder.meta.yaml")
    assert paths(tmp_path) == ["a.md", "b.md", "sub/a.md", "sub/z.md"]


def test_a_single_file_is_a_source(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "b.md")
    source = open_source(str(tmp_path / "a.md"))
    (item,) = source.items()
    assert (item.path, item.uri, source.uri) == ("a.md", (tmp_path / "a.md").as_uri(), (tmp_path / "a.md").as_uri())
    assert source.read(item, limit=MEGABYTE).data.startswith(b"# a.md")


def test_a_file_url_names_the_same_source_as_its_path(tmp_path: Path) -> None:
    folder = tmp_path / "mit Leerzeichen & Ümläuten#1%41"
    fill(folder, "a b.md")
    by_path, by_url = open_source(str(folder)), open_source(folder.as_uri())
    assert by_path.uri == by_url.uri
    (item,) = by_url.items()
    assert by_url.read(item, limit=MEGABYTE).data


def test_metadata_files_count_from_the_folder_of_the_file_upwards(tmp_path: Path) -> None:
    fill(tmp_path, "one/two/doc.md", "one/two/doc.md.meta.yaml", "one/two/_folder.meta.yaml", "one/_folder.meta.yaml")
    for root in (tmp_path, tmp_path / "one", tmp_path / "one" / "two", tmp_path / "one" / "two" / "doc.md"):
        source = FolderSource(root)
        (item,) = source.items()
        found = [Path(file.origin).relative_to(tmp_path).as_posix() for file in source.metadata(item)]
        assert found == ["one/two/doc.md.meta.yaml", "one/two/_folder.meta.yaml", "one/_folder.meta.yaml"]


def test_a_link_out_of_the_folder_is_listed_and_refused(tmp_path: Path) -> None:
    fill(tmp_path, "outside/secret.md", "inside/real.md")
    (tmp_path / "inside" / "link.md").symlink_to(tmp_path / "outside" / "secret.md")
    (tmp_path / "inside" / "up.md").symlink_to("../outside/secret.md")
    (tmp_path / "inside" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "inside" / "same.md").symlink_to("real.md")
    source = FolderSource(tmp_path / "inside")
    items = {item.path: item for item in source.items()}
    assert list(items) == ["link.md", "real.md", "same.md", "up.md"]
    for name in ("link.md", "up.md"):
        with pytest.raises(UnreadableDocument) as caught:
            source.read(items[name], limit=MEGABYTE)
        assert caught.value.reason == "outside_source"
    assert source.read(items["same.md"], limit=MEGABYTE).data == source.read(items["real.md"], limit=MEGABYTE).data


def test_a_file_that_is_gone_when_it_is_read_says_so(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")
    source = FolderSource(tmp_path)
    (item,) = source.items()
    (tmp_path / "a.md").unlink()
    with pytest.raises(FileNotFoundError):
        source.read(item, limit=MEGABYTE)


def test_a_broken_link_is_gone_too(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to("nowhere.md")
    source = FolderSource(tmp_path)
    (item,) = source.items()
    with pytest.raises(FileNotFoundError):
        source.read(item, limit=MEGABYTE)


def test_a_pipe_is_no_document_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    fill(tmp_path, "a.md")
    assert paths(tmp_path) == ["a.md"]


def test_a_file_over_the_limit_is_refused_after_the_limit_was_read(tmp_path: Path) -> None:
    (tmp_path / "big.md").write_bytes(b"x" * 5000)
    source = FolderSource(tmp_path)
    (item,) = source.items()
    with pytest.raises(UnreadableDocument) as caught:
        source.read(item, limit=4999)
    assert caught.value.reason == "too_large"
    assert len(source.read(item, limit=5000).data) == 5000


def test_a_name_that_is_not_utf8_is_listed_and_read(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("Bonjour")
    source = FolderSource(tmp_path)
    (item,) = source.items()
    item.path.encode()
    assert source.read(item, limit=MEGABYTE).data == b"Bonjour"


def test_a_folder_that_does_not_exist_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        open_source(str(tmp_path / "missing"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_may_not_be_listed_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    fill(tmp_path, "closed/a.md")
    (tmp_path / "closed").chmod(0)
    try:
        with pytest.raises(SourceError):
            paths(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o755)
