from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from integrations.cli import COMMANDS, plugins
from integrations.settings import Settings
from tests.conftest import ROOT
from tests.docs.pages import PAGES, anchors, blocks, links
from tests.docs.settings_table import PAGE as SETTINGS_PAGE
from tests.docs.settings_table import parts, settings_table

README = ROOT / "README.md"
IDS = [str(page.relative_to(ROOT)) for page in PAGES]


def run(words: list[str], folder: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    scripts = Path(sys.executable).parent
    where = {"PATH": f"{scripts}:{kept['PATH']}", "COLUMNS": "200", "LIAISON_PARTNERS": "partners.yaml"}
    done = subprocess.run(words, cwd=folder, env=kept | where, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_readmes_own_content_is_answered_to_gold_and_not_to_silver_from_shell_and_python(tmp_path: Path) -> None:
    [script] = [block.text for block in blocks(README) if block.language == "sh" and "liaison ingest" in block.text]
    [program] = [block.text for block in blocks(README) if block.language == "python"]
    script = script.replace("source .venv/bin/activate\n", "")
    bash = shutil.which("bash")
    assert bash
    told = run([bash, "-euc", script.replace("liaison ask", "echo ASKED; liaison ask")], tmp_path)
    ingested, northwind, seaside = told.split("ASKED\n")
    assert "4 passages" in ingested
    assert "31 % off list" in northwind
    assert "content/gold/discounts.md" in northwind
    assert "31 %" not in seaside
    assert "discounts" not in seaside
    assert run([sys.executable, "-c", program], tmp_path).startswith("answered Gold partners buy Atlas at 31 %")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for link in links(page):
        name, _, anchor = link.partition("#")
        if "://" in name or name.startswith("mailto:"):
            continue
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_variable_that_is_named_is_a_setting(page: Path) -> None:
    known = {f"LIAISON_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bLIAISON_[A-Z_]+\b", page.read_text(encoding="utf-8"))) - known == set()


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`|\$ )make ([a-z]+)", text, re.MULTILINE)) - targets == set()
    commands = set(COMMANDS) | plugins().names
    named = set(re.findall(r"(?:^ *|`|\$ |; )liaison ([a-z]+)\b", text, re.MULTILINE))
    assert named - commands == set()


def test_the_table_of_settings_is_that_of_the_code() -> None:
    _, table, _ = parts(SETTINGS_PAGE.read_text(encoding="utf-8"))
    assert table == settings_table(), "python -m tests.docs.settings_table writes it"


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    assert {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"} <= set(links(index))


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    [newest, *_] = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest == version


def test_files_that_the_readmes_transcript_cites_exist() -> None:
    cited = set(re.findall(r"samples/content/\S+", README.read_text(encoding="utf-8")))
    assert len(cited) >= 2
    assert {name for name in cited if not (ROOT / name).is_file()} == set()
