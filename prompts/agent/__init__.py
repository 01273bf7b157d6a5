"""Instructions to a language model that acts for a person with tools."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


def instructions(*, today: date, language: str) -> str:
    """What the agent's model is told before a conversation; `language` is the English name of the person's."""
    return _text().replace("{{today}}", f"{today:%A, %d %B %Y}").replace("{{language}}", language)


@cache
def _text() -> str:
    return (FOLDER / "agent.md").read_text(encoding="utf-8").strip()
