"""Instructions to a language model about conversations."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def rewrite_instruction() -> str:
    """How a model is to make a follow-up question understandable alone."""
    return (FOLDER / "rewrite.md").read_text(encoding="utf-8").strip()
