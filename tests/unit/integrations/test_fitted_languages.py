from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.errors import UsageError
from ingest.crosslingual.lexicon import learned_lexicon
from integrations.cli import app
from integrations.embedders.minilm import MiniLm
from integrations.languages import FileLexicon
from integrations.languages.fitted import Fitted, fitted_in
from integrations.languages.shelf import FOLDER
from tests.unit.ingest.crosslingual.test_build import sentences

SAMPLES = Path(__file__).parents[3] / "samples" / "content"


def test_what_is_fitted_goes_before_what_ships_and_can_be_undone(tmp_path: Path) -> None:
    fitted = Fitted(tmp_path / "languages")
    assert (fitted.in_use, fitted.shelf.folders) == (0, (FOLDER,))
    first = fitted.add({"nl": learned_lexicon(sentences(100), "nl")}, space=MiniLm.fingerprint)
    second = fitted.add({"sv": learned_lexicon(sentences(100), "sv")}, space=MiniLm.fingerprint)
    found = FileLexicon(fitted.shelf, space=MiniLm.fingerprint).in_english("dolun", "nl")
    assert found is not None
    assert "partner" in found.words
    assert fitted.shelf.languages >= {"nl", "sv", "de"}
    assert (first, second, fitted.versions) == (1, 2, [1, 2])
    assert [fitted.roll_back(), fitted.roll_back(), fitted.in_use] == [1, 0, 0]
    with pytest.raises(UsageError, match="Nothing is fitted"):
        fitted.roll_back()


def backwards(text: str) -> str:
    """A language of our own: every word spelt backwards."""
    return "".join(word[::-1] if word.isalpha() else word for word in _words(text))


def _words(text: str) -> list[str]:
    parts, last = [""], False
    for character in text:
        if character.isalpha() != last:
            parts.append("")
            last = character.isalpha()
        parts[-1] += character
    return parts


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    for path in sorted([*(SAMPLES / "programme").glob("*.md"), *(SAMPLES / "sales").glob("*.md")]):
        body = path.read_text(encoding="utf-8").partition("\n---\n")[2]
        for language, said in (("en", body), ("sv", backwards(body))):
            place = folder / language / path.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"---\nlanguage: {language}\n---\n{said}", encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_customers_translations_are_learned_and_used_once_they_find_more(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()
    done = runner.invoke(app, ["languages", "fit", str(documents)])
    assert done.exit_code == 0, done.output
    assert "translations of another" in done.output
    assert "in use: version 1" in done.output
    found = FileLexicon(fitted_in(tmp_path / "data").shelf, space=MiniLm.fingerprint).in_english("rentrap", "sv")
    assert found is not None
    assert "partner" in found.words
    assert "in use: 1" in runner.invoke(app, ["languages", "show"]).output
    assert "what ships" in runner.invoke(app, ["languages", "rollback"]).output


def test_a_folder_without_translations_changes_nothing(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    alone = tmp_path / "alone" / "ensam.md"
    alone.parent.mkdir()
    next((documents / "sv").iterdir()).rename(alone)
    done = CliRunner().invoke(app, ["languages", "fit", str(documents / "en"), str(alone.parent)])
    assert isinstance(done.exception, UsageError)
    assert "without an English document: 1, such as ensam.md" in done.output
    assert fitted_in(tmp_path / "data").versions == []
