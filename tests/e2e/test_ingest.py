"""The ingest commands as a person uses them, on the embedded default: MiniLM, SQLite, Chroma, tantivy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.errors import LiaisonError
from integrations.cli import app

GUIDE = "---\ntitle: Programme guide\naudience: {minimum_tier: gold}\n---\n# Deals\n\nRegister deals in the portal.\n"


class Shell:
    """Runs `liaison` in a directory of its own."""

    def __init__(self, home: Path) -> None:
        self.content = home / "content"
        self.content.mkdir()
        (self.content / "guide.md").write_text(GUIDE, encoding="utf-8")
        (self.content / "prices.csv").write_text("tier,discount\ngold,20 %\n", encoding="utf-8")
        (self.content / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
        (self.content / "logo.png").write_bytes(b"\x89PNG")

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "160"})

    def ingest(self, *arguments: str) -> Result:
        return self("ingest", str(self.content), *arguments)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    return Shell(tmp_path)


def numbers(result: Result) -> list[int]:
    """Added, changed, unchanged, deleted, quarantined, out of reach, other files."""
    lines = result.stdout.splitlines()
    head = next(i for i, line in enumerate(lines) if line.split()[:2] == ["added", "changed"])
    return [int(word) for word in lines[head + 1].split()]


def test_content_is_ingested_listed_kept_up_to_date_and_removed(shell: Shell) -> None:
    first = shell.ingest()
    assert first.exit_code == 0, first.output
    assert numbers(first) == [2, 0, 0, 0, 1, 0, 1]
    assert "broken.pdf (corrupt)" in first.stdout
    assert numbers(shell.ingest()) == [0, 0, 2, 0, 1, 0, 1]

    listed = shell("sources").stdout
    assert shell.content.as_uri() in listed
    assert "broken.pdf" in shell("quarantine").stdout

    (shell.content / "broken.pdf").unlink()
    (shell.content / "prices.csv").unlink()
    (shell.content / "guide.md").write_text(GUIDE + "\nWithin 30 days.\n", encoding="utf-8")
    assert numbers(shell.ingest()) == [0, 1, 0, 1, 0, 0, 1]
    assert "Nothing is in quarantine" in shell("quarantine").stdout

    assert "Removed 1 document." in shell("remove", "guide.md").stdout
    assert numbers(shell.ingest()) == [1, 0, 0, 0, 0, 0, 1]
    assert "Removed 1 document." in shell("remove", str(shell.content)).stdout
    assert "Nothing is ingested yet" in shell("sources").stdout


def test_a_dry_run_says_what_would_happen_and_keeps_no_document(shell: Shell) -> None:
    result = shell.ingest("--dry-run")
    assert numbers(result) == [2, 0, 0, 0, 1, 0, 1]
    assert "Would be ingested" in result.stdout
    assert "Nothing is ingested yet" in shell("sources").stdout


def test_the_exit_code_says_whether_anything_could_be_ingested(shell: Shell) -> None:
    for name in ("guide.md", "prices.csv"):
        (shell.content / name).unlink()
    assert shell.ingest().exit_code == 1
    (shell.content / "broken.pdf").unlink()
    assert shell.ingest().exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["missing-folder"], "source"),
        (["https://169.254.169.254/latest"], ""),
        (["gopher://x"], "source"),
        ([".", "--set", "audience.tier=gold"], "unknown_metadata_key"),
        ([".", "--audience-tier", "diamond"], "invalid_metadata"),
    ],
)
def test_a_wrong_argument_ends_with_an_error_that_says_what_to_do(
    shell: Shell, arguments: list[str], code: str
) -> None:
    result = shell("ingest", *arguments)
    assert result.exit_code != 0
    if code:
        assert isinstance(result.exception, LiaisonError)
        assert (result.exception.code, bool(result.exception.hint)) == (code, True)


def test_an_error_is_two_lines_and_no_traceback(shell: Shell) -> None:
    command = [sys.executable, "-c", "from integrations.cli import main; main()", "remove", "nothing-like-this"]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, cwd=Path(__file__).parents[2]
    )
    assert ended.returncode == 2
    assert "nothing-like-this" in ended.stderr
    assert "liaison sources" in ended.stderr
    assert "Traceback" not in ended.stderr
