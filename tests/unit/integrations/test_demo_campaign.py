"""The campaign that `liaison demo` shows, and the same from the command line."""

from __future__ import annotations

import io
from pathlib import Path

import yaml
from rich.console import Console

from integrations.bootstrap import build
from integrations.clock import FixedClock
from integrations.commands.demo import Session, campaigns
from integrations.settings import Settings
from tests.conftest import ROOT
from tests.contract.prm_world import START


async def test_the_demo_drafts_three_languages_and_says_why_one_field_is_blocked(tmp_path: Path) -> None:
    session = Session.model_validate(yaml.safe_load((ROOT / "samples" / "demo.yaml").read_text(encoding="utf-8")))
    clock = FixedClock(START.replace(year=session.today.year, month=session.today.month, day=session.today.day))
    liaison = build(Settings(data=tmp_path), clock=clock)
    liaison.prm.seed(ROOT / "samples" / "prm", data=tmp_path, tenant="default")
    out = io.StringIO()
    await campaigns(Console(file=out, width=200), liaison, session)
    liaison.close()
    german, french, japanese = out.getvalue().split("recovery-winter-2026 · ")[1:]
    assert "Können Sie Ihre Wiederherstellung nachweisen?" in german
    assert "email.footer blocked" in german
    assert "the law asks for “imprint” and the brief does not give it" in german
    assert "Pouvez-vous prouver que vous savez restaurer" in french
    assert "復旧できることを証明できますか？" in japanese
    assert "blocked" not in french + japanese.partition("→ German")[0]
