"""The first five minutes: `liaison demo` ingests the sample programme and answers as promised, on the real embedder."""

from __future__ import annotations

import re

import pytest
import yaml
from typer.testing import CliRunner

from integrations.cli import app
from prompts.messages import message
from tests.conftest import ROOT

GOLD = "What discount do Gold partners get on Keep"
PROTECTED = "How long is an approved deal registration protected?"


@pytest.fixture(scope="module")
def steps() -> list[str]:
    """What each step of the session printed, in order, with white space as single spaces."""
    script = yaml.safe_load((ROOT / "samples" / "demo.yaml").read_text(encoding="utf-8"))
    result = CliRunner().invoke(app, ["demo"])
    assert result.exit_code == 0, result.output
    output = " ".join(result.stdout.split())
    printed = []
    for step in script["steps"]:
        before, found, output = output.partition(step["question"])
        assert found, step["question"]
        printed.append(before)
        output = f"{found}{output}"
        head, mark, output = output.partition(f"→ {step['expect']}")
        assert mark, step["expect"]
        printed[-1] = head
    return printed


def quoted(steps: list[str], question: str, number: int = 0) -> str:
    """The answer to a question, without the question itself."""
    answers = [step.split("?", 1)[1] for step in steps if step.startswith(question.rstrip("?"))]
    return answers[number]


pytestmark = pytest.mark.slow


def test_a_gold_partner_is_told_the_gold_discount_with_its_source(steps: list[str]) -> None:
    answer = quoted(steps, GOLD, 0)
    assert re.search(r"36 ?%|36 percent", answer)
    assert "[1]" in answer
    assert "price-and-discount-rules-2026.docx" in answer


def test_a_silver_partner_never_sees_the_gold_discount(steps: list[str]) -> None:
    answer = quoted(steps, GOLD, 1)
    assert not re.search(r"36 ?%|36 percent", answer)
    assert "price-and-discount-rules-2026" not in answer


def test_the_current_guide_answers_and_the_expired_one_is_not_quoted(steps: list[str]) -> None:
    answer = quoted(steps, PROTECTED)
    assert "90 days" in answer
    assert "guide-2025" not in answer
    assert "protected for 60 days" not in answer


def test_partners_are_answered_in_their_language(steps: list[str]) -> None:
    euro = quoted(steps, "Zu welchem festen Kurs")
    assert "0,94" in euro
    assert "regionaler-zusatz-dach-2026.docx" in euro
    reasons = quoted(steps, "Was sind die häufigsten Gründe")
    assert all(share in reasons.replace("\u00a0", " ") for share in ("41 %", "27 %", "18 %"))
    assert "OPCO" in quoted(steps, "La formation")


def test_what_the_content_does_not_cover_is_declined_once_and_honestly(steps: list[str]) -> None:
    opening = " ".join(message("declined_weak_evidence", "en", searched="", nearest="").split()[:6])
    declined = [step for step in steps if opening in step]
    assert len(declined) == 1
    assert declined[0].startswith("Does Skerrow offer a parental leave policy")
    assert "[1]" not in declined[0]
