"""Instructions to a language model that answers; each Markdown file declares its inputs in the first line."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
DECLARED = re.compile(r"\A<!-- inputs: ([\w, ]*) -->\n")
SLOT = re.compile(r"\{\{(\w+)\}\}")


def instruction(name: str, **inputs: str) -> str:
    """A prompt with its inputs put in; what is put in is not read for slots again.

    Raises ValueError when the inputs are not those that the file declares and uses.
    """
    declared, text = _file(name)
    if frozenset(inputs) != declared:
        raise ValueError(f"{name}.md takes {sorted(declared)}, not {sorted(inputs)}.")
    return SLOT.sub(lambda slot: inputs[slot.group(1)], text)


@cache
def _file(name: str) -> tuple[frozenset[str], str]:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    match = DECLARED.match(text)
    named: list[str] = match.group(1).replace(" ", "").split(",") if match else []
    declared = frozenset(name for name in named if name)
    body = DECLARED.sub("", text).strip()
    used: frozenset[str] = frozenset(SLOT.findall(body))
    if used != declared:
        raise ValueError(f"{name}.md declares {sorted(declared)} and uses {sorted(used)}.")
    return declared, body
