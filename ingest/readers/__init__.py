"""File types to sections: one file per type, one row each.

A reader is a module with `read(data, name) -> ReadDocument`. To add one, add its file and its row. Rows are loaded when
first used, so the process that answers questions never loads an office parser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import Protocol

from assistant.errors import LiaisonError
from ingest.section import ReadDocument
from ingest.verdict import Reason, refused

MEGABYTE = 1024 * 1024
# The worst text of this size (a heading in every line) takes seconds; longer text is read under the sandbox's limits.
IN_PROCESS = MEGABYTE
# Modules of this folder that readers are made of.
PARTS = ("archive", "encoding", "front_matter", "outline", "rows", "sniff", "text")
# How native parsers word what has a reason of its own; libxml2 knows no word for being out of memory.
FAILURES: tuple[tuple[str, Reason], ...] = (
    ("cannot allocate", Reason.PARSER_MEMORY),
    ("allocation failed", Reason.PARSER_MEMORY),
    ("out of memory", Reason.PARSER_MEMORY),
    ("unknown error (<string>, line 0)", Reason.PARSER_MEMORY),
    ("excessive depth", Reason.TOO_DEEP),
    ("entity reference loop", Reason.XML_BOMB),
    ("amplification", Reason.XML_BOMB),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """One row: the module that reads the type, whether it runs in the sandbox, and the largest file it takes.

    Plain text is read in process, in time linear in its length, where it is short; formats with native or complex
    parsers always run in the sandbox.
    """

    module: str
    sandboxed: bool
    max_bytes: int

    def __call__(self, data: bytes, name: str) -> ReadDocument:
        """Read in this process.

        Raises:
            UnreadableDocument: with a reason of `ingest.verdict.Reason`. Any other error is a damaged file.
        """
        return self.load()(data, name)

    def load(self) -> Callable[[bytes, str], ReadDocument]:
        """The module's `read`, with the parser it needs."""
        reader: Callable[[bytes, str], ReadDocument] = import_module(f"{__name__}.{self.module}").read
        return reader


def _text(module: str) -> Reader:
    return Reader(module, sandboxed=False, max_bytes=20 * MEGABYTE)


def _untrusted(module: str) -> Reader:
    return Reader(module, sandboxed=True, max_bytes=64 * MEGABYTE)


PARTS = ("archive", "encoding", "front_matter", "outline", "rows", "sniff", "text")  # what several readers use
READERS: dict[str, Reader] = {
    ".md": _text("markdown"),
    ".markdown": _text("markdown"),
    ".yml": _text("faq"),
    ".yaml": _text("faq"),
    ".txt": _text("txt"),
    ".csv": _text("csv"),
    ".tsv": _text("csv"),
    ".vtt": _text("captions"),
    ".srt": _text("captions"),
    ".html": Reader("html", sandboxed=True, max_bytes=16 * MEGABYTE),
    ".htm": Reader("html", sandboxed=True, max_bytes=16 * MEGABYTE),
    ".eml": _untrusted("eml"),
    ".pdf": _untrusted("pdf"),
    ".docx": _untrusted("docx"),
    ".pptx": _untrusted("pptx"),
    ".xlsx": _untrusted("xlsx"),
}


class Sandbox(Protocol):
    """Where untrusted formats are parsed: a verdict within limits for any bytes, and never harm to the caller."""

    def read(self, data: bytes, name: str) -> ReadDocument:
        """The document, or UnreadableDocument with a reason."""
        ...


def reader_for(name: str) -> Reader:
    """The row for a file name.

    Raises:
        UnreadableDocument: `unsupported`.
    """
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if suffix not in READERS:
        raise refused(Reason.UNSUPPORTED, f"{name}: files of type {suffix or '(none)'} are not read.")
    return READERS[suffix]


def read(data: bytes, name: str, *, sandbox: Sandbox) -> ReadDocument:
    """The sections of a file, whatever its type; blocks for at most the sandbox's time limit.

    Raises:
        UnreadableDocument: with a reason of `ingest.verdict.Reason`; nothing else, whatever the bytes.
    """
    reader = reader_for(name)
    if len(data) > reader.max_bytes:
        limit = reader.max_bytes // MEGABYTE
        raise refused(Reason.TOO_LARGE, f"{name} has {len(data) / MEGABYTE:.0f} MB; the limit is {limit} MB.")
    if reader.sandboxed or len(data) > IN_PROCESS:
        return sandbox.read(data, name)
    return read_here(data, name)


def read_here(data: bytes, name: str) -> ReadDocument:
    """Read in this process, with every failure of a parser made a verdict on the file.

    Raises:
        UnreadableDocument: with a reason of `ingest.verdict.Reason`.
        MemoryError: it does not fit; only the sandbox, which has a memory limit, meets this.
    """
    try:
        document = reader_for(name)(data, name)
    except (LiaisonError, MemoryError):
        raise
    except RecursionError as error:
        raise refused(Reason.TOO_DEEP, f"{name} is nested too deeply.") from error
    except Exception as error:  # any failure of a parser is a verdict on the file
        reason = _reason(error)
        if reason is Reason.PARSER_MEMORY:
            raise MemoryError from error
        raise refused(reason, f"{name} cannot be read ({type(error).__name__}: {error}).") from error
    if not any(section.text.strip() for section in document.sections):
        raise refused(Reason.NO_TEXT, f"{name} holds no text.")
    return document


def _reason(error: Exception) -> Reason:
    """What a parser's own words for a failure mean."""
    words = str(error).lower()
    return next((reason for phrase, reason in FAILURES if phrase in words), Reason.CORRUPT)
