"""The instruction to a language model that writes campaign copy; people edit the Markdown."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template


def copy_instruction(*, language: str, address: str, mark: str) -> str:
    """What the model is told. `mark` names the element that encloses what somebody else wrote."""
    return _file().substitute(language=language, address=address, mark=mark)


@cache
def _file() -> Template:
    return Template((Path(__file__).parent / "write.md").read_text(encoding="utf-8").strip())
