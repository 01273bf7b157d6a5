from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from assistant.testing import HashEmbedder, sample_document
from integrations import indexes, records
from integrations.indexes.chroma import Dense, Missing, Place, build_dense, drop_dense
from integrations.indexes.generation import Generation
from integrations.indexes.manifest import check_files, read_manifest, stamped


@pytest.mark.parametrize("documents", [1, 2, 30])
def test_processes_that_search_chroma_side_by_side_leave_a_generation_as_it_was_built(
    tmp_path: Path, documents: int
) -> None:
    embedder = HashEmbedder()
    with records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path)) as writer:
        texts = [f"How long deal {number} lasts." for number in range(documents)]
        made = [sample_document(text, [text], embedder=embedder) for text in texts]
        writer.put_many(made, source="s", fingerprint=embedder.fingerprint)
        writer.publish()
    (folder,) = [path for path in (tmp_path / "index").iterdir() if path.name[:8].isdigit()]
    manifest, vector = read_manifest(folder), embedder.embed_passages(texts[:1])[0]
    assert manifest.state.passages == documents
    for _ in range(2):
        opened = [Generation(folder, manifest), Generation(folder, manifest)]
        for generation in opened:
            assert generation.dense.search(vector, scopes=None, limit=1)[0][1] == pytest.approx(1.0, abs=1e-5)
        for generation in opened:
            generation.retire()
    check_files(folder, manifest)
    assert stamped(folder)


def files_open_below(folder: Path) -> list[str]:
    return [each.path for each in psutil.Process().open_files() if Path(each.path).is_relative_to(folder)]


def test_a_folder_without_the_collection_is_given_back(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no such collection"):
        Dense(Place(folder=tmp_path))
    # Chroma's own threads close its database a moment after the client is closed.
    deadline = time.monotonic() + 60
    while files_open_below(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not files_open_below(tmp_path)


def connections_to(port: int) -> set[object]:
    found = psutil.Process().net_connections("tcp")
    return {each.laddr for each in found if each.raddr and each.raddr.port == port}


def test_a_collection_of_a_server_that_is_closed_leaves_no_connection_open(chroma: str) -> None:
    place, vectors = Place(url=chroma, name="left-behind"), HashEmbedder().embed_passages(["one", "two"])
    port = int(chroma.rpartition(":")[2])
    before = connections_to(port)
    build_dense(place, vectors, ["all", "all"])
    assert connections_to(port) <= before
    dense = Dense(place)
    assert dense.passages == 2
    assert connections_to(port) - before
    dense.close()
    drop_dense(place)
    assert connections_to(port) <= before
