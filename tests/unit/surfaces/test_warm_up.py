"""What a server has loaded before the first question comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.retrieval.retrieve import Question
from integrations.languages import FileLexicon, read_encoder
from integrations.languages.shelf import FOLDER, Shelf
from tests.unit.surfaces.world import serving_quickly


async def test_the_first_question_does_not_wait_for_the_vectors_of_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    ours = read_encoder(Shelf((FOLDER,)))

    def counted(_shelf: Shelf) -> object:
        reads.append("encoder")
        return ours

    with serving_quickly(tmp_path) as service:
        monkeypatch.setattr("integrations.languages.read_encoder", counted)
        await service.warm_up()
        assert reads == ["encoder"]
        await service.liaison.answerer.ask(Question("How long is an approved deal shielded?"))
        assert isinstance(service.liaison.retriever.lexicon, FileLexicon)
        assert reads == ["encoder"]


async def test_a_server_without_content_gets_ready_all_the_same(tmp_path: Path) -> None:
    with serving_quickly(tmp_path, library={}) as service:
        await service.warm_up()
        assert not service.liaison.searches
