"""Archives and stores that fsspec opens."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from assistant.errors import SourceError, UnreadableDocument
from ingest.sources import SOURCES, open_source
from ingest.sources.remote import RemoteSource

MEGABYTE = 1024 * 1024


@pytest.fixture
def bucket() -> Iterator[str]:
    files = fsspec.filesystem("memory")
    for name in ("b.md", "a.md", "sub/c.md", ".hidden.md", "_folder.meta.yaml", "a.md.meta.yaml", "sub/.x/d.md"):
        files.pipe_file(f"/bucket/{name}", f"text of {name}".encode())
    yield "memory://bucket"
    files.rm("/bucket", recursive=True)


def test_a_bucket_is_listed_in_one_order_and_read(bucket: str) -> None:
    source = open_source(bucket)
    items = list(source.items())
    assert [item.path for item in items] == ["a.md", "b.md", "sub/c.md"]
    assert items[2].uri == "memory://bucket/sub/c.md"
    assert source.read(items[2], limit=MEGABYTE).data == b"text of sub/c.md"


def test_metadata_files_of_a_bucket_count_up_to_its_root(bucket: str) -> None:
    source = open_source(bucket)
    items = {item.path: item for item in source.items()}
    assert [file.data for file in source.metadata(items["a.md"])] == [
        b"text of a.md.meta.yaml",
        b"text of _folder.meta.yaml",
    ]
    assert [file.data for file in source.metadata(items["sub/c.md"])] == [b"text of _folder.meta.yaml"]


def test_one_object_is_a_source(bucket: str) -> None:
    source = open_source(f"{bucket}/sub/c.md")
    (item,) = source.items()
    assert (item.path, item.uri) == ("c.md", "memory://bucket/sub/c.md")
    assert source.read(item, limit=MEGABYTE).data == b"text of sub/c.md"


def test_a_checksum_of_the_store_is_the_stamp() -> None:
    class Vouching(fsspec.AbstractFileSystem):  # type: ignore[misc]
        def find(self, path: str, **_: object) -> dict[str, dict[str, object]]:
            return {"b/a.md": {"size": 3, "ETag": '"abc"', "LastModified": 0.0, "type": "file"}}

    (item,) = RemoteSource("s3://b", files=Vouching(), root="b").items()
    assert (item.stamp, item.size) == ('"abc"', 3)


def test_a_zip_file_is_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("guide/a.md", "# A\n\nText.")
        archive.writestr("guide/_folder.meta.yaml", "product: Keep")
        archive.writestr("__MACOSX/._a.md", "junk")
    for address in (str(tmp_path / "c.zip"), f"zip://::{tmp_path / 'c.zip'}"):
        source = open_source(address)
        (item,) = source.items()
        assert item.path == "guide/a.md"
        assert source.read(item, limit=MEGABYTE).data == b"# A\n\nText."
        assert [file.data for file in source.metadata(item)] == [b"product: Keep"]


def test_a_zip_member_that_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", b"0" * 30 * MEGABYTE)
    source = open_source(str(tmp_path / "bomb.zip"))
    (item,) = source.items()
    with pytest.raises(UnreadableDocument) as caught:
        source.read(item, limit=MEGABYTE)
    assert caught.value.reason == "too_large"


def test_a_damaged_zip_file_is_a_source_error(tmp_path: Path) -> None:
    (tmp_path / "c.zip").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(SourceError):
        list(open_source(str(tmp_path / "c.zip")).items())


def test_an_object_that_is_gone_says_so(bucket: str) -> None:
    source = open_source(bucket)
    item = next(iter(source.items()))
    fsspec.filesystem("memory").rm_file("/bucket/a.md")
    with pytest.raises(FileNotFoundError):
        source.read(item, limit=MEGABYTE)


def test_a_bucket_that_does_not_exist_is_an_error_and_not_an_empty_one() -> None:
    with pytest.raises(SourceError):
        list(open_source("memory://nowhere").items())


@pytest.mark.parametrize(
    "address",
    ["ftp://host/x", "zip://::https://169.254.169.254/x.zip", "zip://::http://localhost/x.zip", "github://o:r@/x",
     "zip://::simplecache::http://localhost/x.zip", "s3://b/x::http://localhost", "nope://x"],
)  # fmt: skip
def test_a_scheme_that_is_not_in_the_table_is_refused_also_inside_a_chain(address: str) -> None:
    with pytest.raises(SourceError, match=r"(http|ftp|github|nope|simplecache)s?://|is not read"):
        list(open_source(address).items())


def test_the_table_names_every_scheme_that_the_documentation_promises() -> None:
    assert {"", "file", "s3", "gs", "az", "sftp", "zip", "https", "sitemap+https", "urls"} <= SOURCES.keys()
