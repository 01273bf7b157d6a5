"""What others wrote: before a model, data between marks that its writer could not know; on a card, no live link."""

from __future__ import annotations

import secrets

import regex

from assistant.answering.sanitize import UNSEEN, sanitized

MARK = regex.compile(r"</?data-[0-9a-f]*>?", regex.IGNORECASE)
ROLE = regex.compile(r"<\|[^|>]{0,40}\|>|\[/?(?:INST|SYSTEM)\]", regex.IGNORECASE)
LIVE = regex.compile(r"//|!\[|\]\s*\(|</?[a-z!]|\bwww\.", regex.IGNORECASE)
LONGEST = 4_000


def spotlit(text: str) -> str:
    """The text as data between fresh marks, without unseen characters, marks or role tokens of its own."""
    mark = f"data-{secrets.token_hex(6)}"
    clean = ROLE.sub(" ", MARK.sub(" ", UNSEEN.sub("", text)))
    shown = clean if len(clean) <= LONGEST else f"{clean[:LONGEST]} …"
    return f"<{mark}>{shown}</{mark}>"


def unlinked(text: str) -> str:
    """The text of others as a card may show it: as it stands, unless it holds a link, an image or markup."""
    return sanitized(text, allowed=()) if LIVE.search(text) else UNSEEN.sub("", text)
