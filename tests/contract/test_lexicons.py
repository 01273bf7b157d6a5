"""What every Lexicon promises, and what the shipped one knows."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from assistant.errors import SettingsError
from assistant.ports.lexicon import Lexicon
from assistant.testing import WordLexicon
from integrations.embedders.minilm import MiniLm
from integrations.languages import FileLexicon
from integrations.languages.shelf import FOLDER, Shelf


def shipped(folder: Path = FOLDER) -> FileLexicon:
    return FileLexicon(Shelf((folder,)), space=MiniLm.fingerprint)


@pytest.fixture(params=["shipped", "fake"])
def lexicon(request: pytest.FixtureRequest) -> Lexicon:
    return shipped() if request.param == "shipped" else WordLexicon("de", {"Rabatt": "discount", "Preis": "price"})


def test_words_are_found_in_english_and_names_stay(lexicon: Lexicon) -> None:
    found = lexicon.in_english("Rabatt auf Lantern 4711", "de")
    assert found is not None
    assert "discount" in found.words
    assert "discount" in found.gloss
    assert {"lantern", "4711"} <= {word.lower() for word in found.words}
    assert all(0 < weight <= 5 for weight in found.words.values())


@pytest.mark.parametrize("language", ["en", "xx", ""])
def test_a_language_it_does_not_know_is_told(lexicon: Lexicon, language: str) -> None:
    assert lexicon.in_english("What discount do partners get?", language) is None


def test_nothing_stays_nothing(lexicon: Lexicon) -> None:
    found = lexicon.in_english(" ?! ", "de")
    assert found is not None
    assert (dict(found.words), found.gloss) == ({}, "")


@pytest.mark.parametrize(
    ("language", "text", "english"),
    [
        ("de", "Wie melde ich eine Rechnung an?", "invoice"),
        ("fr", "Où trouver la facture du client ?", "invoice"),
        ("es", "¿Dónde encuentro la factura?", "invoice"),
        ("pt-BR", "Como registro um parceiro?", "partner"),
        ("ja", "パートナーの登録", "partner"),
        ("it", "Dove trovo la fattura?", "invoice"),
        ("nl", "Waar vind ik de factuur?", "invoice"),
        ("zh", "合作伙伴", "partner"),
        ("ko", "파트너 등록", "partner"),
    ],
)
def test_the_shipped_lexicons_know_the_words_of_the_trade(language: str, text: str, english: str) -> None:
    found = shipped().in_english(text, language)
    assert found is not None
    assert english in found.words


def test_characters_that_nobody_knows_do_not_reach_the_english_search() -> None:
    found = shipped().in_english("鑿壁", "ja")
    assert found is not None
    assert dict(found.words) == {}


def test_a_changed_lexicon_is_refused(tmp_path: Path) -> None:
    copytree(FOLDER, tmp_path / "copy")
    path = tmp_path / "copy" / "de.tsv.gz"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(SettingsError, match=r"de\.tsv\.gz"):
        shipped(tmp_path / "copy").in_english("Rabatt", "de")
