"""Why a file was refused: every reason code, in one place, with what the owner of the file can do."""

from __future__ import annotations

from enum import StrEnum

from assistant.errors import UnreadableDocument


class Reason(StrEnum):
    """A stable code that quarantine, logs and tests name. New ones may be added; none changes its meaning."""

    EMPTY = "empty"
    NO_TEXT = "no_text"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    MISLABELLED = "mislabelled"
    UNSUPPORTED = "unsupported"
    WRONG_ENCODING = "wrong_encoding"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    ZIP_BOMB = "zip_bomb"
    XML_BOMB = "xml_bomb"
    PARSER_TIMEOUT = "parser_timeout"
    PARSER_MEMORY = "parser_memory"
    PARSER_CRASHED = "parser_crashed"


HINTS: dict[Reason, str] = {
    Reason.EMPTY: "Nothing is in it: fill it or remove it.",
    Reason.NO_TEXT: "No text was found: if it holds pictures of text, run text recognition (OCR) over it.",
    Reason.ENCRYPTED: "Save a copy without a password and ingest that.",
    Reason.CORRUPT: "Open it in its own program, save it again and ingest the new copy.",
    Reason.MISLABELLED: "Give it the suffix of what it really is, then ingest again.",
    Reason.UNSUPPORTED: "Save it as one of the supported types (docs/content.md lists them).",
    Reason.WRONG_ENCODING: "Save it as UTF-8.",
    Reason.TOO_LARGE: "Split it into smaller files, or shrink the pictures in it.",
    Reason.TOO_DEEP: "Its structure is nested beyond any real document: export it again from its own program.",
    Reason.ZIP_BOMB: "It unpacks to far more than it holds: check where it came from, then save it again.",
    Reason.XML_BOMB: "It declares XML entities, which no office program writes: check where it came from.",
    Reason.PARSER_TIMEOUT: "It took too long to parse: split it into smaller files or export it again.",
    Reason.PARSER_MEMORY: "It needs too much memory to parse: split it into smaller files or export it again.",
    Reason.PARSER_CRASHED: "It crashed the parser: open it in its own program, save it again and ingest the new copy.",
}


def refused(reason: Reason, message: str) -> UnreadableDocument:
    """The error for a refused file, with the reason's hint."""
    return UnreadableDocument(reason.value, message, hint=HINTS[reason])
