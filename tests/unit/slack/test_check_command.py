from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from integrations.commands.slack import app
from tests.unit.slack.blocks import actions, button, modal, section


def run(payload: object, folder: Path, *more: str) -> tuple[int, str]:
    file = folder / "payload.json"
    file.write_text(json.dumps(payload), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(file), *more])
    return result.exit_code, result.stdout


@pytest.mark.parametrize("payload", [[section()], {"text": "x"}, modal(section())], ids=["blocks", "message", "view"])
def test_a_good_payload_passes(payload: object, tmp_path: Path) -> None:
    assert run(payload, tmp_path) == (0, "Slack takes this.\n")


def test_each_fault_is_told_with_its_place(tmp_path: Path) -> None:
    code, told = run({"blocks": [section(), actions(button(value="v" * 2001), button(style="big"))]}, tmp_path)
    assert code == 1
    assert told.splitlines() == [
        "/blocks/1/elements/0/value: has 2001 characters, at most 2000 are allowed [too_long]",
        "/blocks/1/elements/1/style: must be one of primary, danger [not_allowed]",
    ]


def test_blocks_are_checked_for_the_surface_that_is_named(tmp_path: Path) -> None:
    markdown = [{"type": "markdown", "text": "x"}]
    assert run(markdown, tmp_path)[0] == 0
    assert run(markdown, tmp_path, "--surface", "home")[0] == 1
