"""The registrations that `liaison demo` shows."""

from __future__ import annotations

import io
from pathlib import Path

import yaml
from rich.console import Console

from integrations.bootstrap import build
from integrations.clock import FixedClock
from integrations.commands.demo import Session, register
from integrations.settings import Settings
from tests.conftest import ROOT
from tests.contract.prm_world import START


async def test_the_demo_protects_a_deal_refuses_its_double_and_approves_a_clean_one(tmp_path: Path) -> None:
    session = Session.model_validate(yaml.safe_load((ROOT / "samples" / "demo.yaml").read_text(encoding="utf-8")))
    clock = FixedClock(START.replace(year=session.today.year, month=session.today.month, day=session.today.day))
    liaison = build(Settings(data=tmp_path, prm_rules=ROOT / "samples" / "prm" / "rules.yaml"), clock=clock)
    out = io.StringIO()
    await register(Console(file=out, width=200), liaison, session)
    liaison.close()
    first, double, *clean = out.getvalue().split("partner:")[1:]
    assert "active, protected until 2027-02-14" in first
    assert "refused:" in double
    assert "first-approved-wins" in double
    assert "company name falkenstein werft" in double
    said = double.partition("→")[0].lower()
    assert "rheinkontor" not in said
    assert "rk-2041" not in said
    assert len(clean) == 2
    assert all("active, protected until 2027-02-14" in each for each in clean)
