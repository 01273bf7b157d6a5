"""The conversations that `liaison demo` shows."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import yaml
from rich.console import Console

from assistant.testing import HashEmbedder
from integrations.bootstrap import build
from integrations.clock import FixedClock
from integrations.commands.demo import Session, register
from integrations.commands.demo_conversations import converse
from integrations.settings import Settings
from tests.conftest import ROOT

SAMPLES = ROOT / "samples"


async def test_the_demo_registers_from_notes_refuses_the_double_and_finds_partners(tmp_path: Path) -> None:
    session = Session.model_validate(yaml.safe_load((SAMPLES / "demo.yaml").read_text(encoding="utf-8")))
    day = session.today
    settings = Settings(
        data=tmp_path,
        partners=SAMPLES / "partners.yaml",
        prm_rules=SAMPLES / "prm" / "rules.yaml",
        vendor="Skerrow",
        products=("keep", "lantern", "ledge"),
    )
    clock = FixedClock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    liaison = build(settings, embedder=HashEmbedder(), clock=clock)
    await register(Console(file=io.StringIO(), width=200), liaison, session)
    out = io.StringIO()
    await converse(Console(file=out, width=300), liaison, session.conversations)
    liaison.close()
    notes, double, partners, why_not = out.getvalue().split("→")[:4]
    assert notes.count("?") == 2, notes  # what is missing, and whether to submit
    assert "was der Kunde braucht: Nach einem Angriff dauert" in notes, notes
    assert "erwarteter Abschluss: 26. Februar 2027 (Ihre Worte" in notes, notes
    assert "aktiv und geschützt" in notes
    assert "Regel first-approved-wins" in double
    assert "rheinkontor" not in double.casefold()
    assert "%" in partners
    assert "gemeinsam mit ." not in partners, partners
    assert re.search(r"Why not Elbtal Systemhaus GmbH\? Rank [2-9] of \d+: engages with \d", why_not), why_not
    assert re.search(r"Ahead of it is .+ with \d+\.\d%, mostly by this: ", why_not), why_not
