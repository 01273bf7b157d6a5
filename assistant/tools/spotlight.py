"""What others wrote, put before a model as data between marks that its writer could not know."""

from __future__ import annotations

import secrets

import regex

from assistant.answering.sanitize import UNSEEN

MARK = regex.compile(r"</?data-[0-9a-f]*>?", regex.IGNORECASE)
ROLE = regex.compile(r"<\|[^|>]{0,40}\|>|\[/?(?:INST|SYSTEM)\]", regex.IGNORECASE)
LONGEST = 4_000


def spotlit(text: str) -> str:
    """The text as data between fresh marks, without unseen characters, marks or role tokens of its own."""
    mark = f"data-{secrets.token_hex(6)}"
    clean = ROLE.sub(" ", MARK.sub(" ", UNSEEN.sub("", text)))
    shown = clean if len(clean) <= LONGEST else f"{clean[:LONGEST]} …"
    return f"<{mark}>{shown}</{mark}>"
