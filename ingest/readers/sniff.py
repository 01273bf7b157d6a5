"""What a file really is, by its first bytes, against what its suffix says."""

from __future__ import annotations

import io
import re
import zipfile

from ingest.verdict import Reason, refused

MAGIC = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office or encrypted Office"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"7z\xbc\xaf'\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "SQLite"),
)
# The part that makes a zip archive an Office document.
PARTS = {"word/": "DOCX", "ppt/": "PPTX", "xl/": "XLSX"}
MARKUP = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype html|<html)[\s>]", re.IGNORECASE)
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def require(data: bytes, name: str, kind: str) -> None:
    """Return when the content of a file is what its suffix says: a `kind` of MAGIC or PARTS, or `text`.

    A file of another kind is refused, not read as what it is: its owner, and whoever set rules by suffix, took it for
    something else.

    Raises:
        UnreadableDocument: `empty`, `mislabelled`, `encrypted` (Office) or `corrupt` (no known kind at all).
    """
    if not data.strip(b" \t\r\n\x00"):
        raise refused(Reason.EMPTY, f"{name} is empty.")
    found = kind_of(data)
    if found == kind or (kind == "text" and found == "HTML"):
        return
    if found == "encrypted Office":
        raise refused(Reason.ENCRYPTED, f"{name} is encrypted with a password.")
    if found != "text":
        expected = "text" if kind == "text" else kind
        raise refused(Reason.MISLABELLED, f"{name} should be {expected} but its content is {found}.")
    raise refused(Reason.CORRUPT, f"{name} is not a {kind} file.")


def kind_of(data: bytes) -> str:
    """`PDF`, `DOCX`, `HTML`, …; `text` where no signature is known."""
    for magic, kind in MAGIC:
        if data.startswith(magic):
            return _office(data, kind)
    if b"%PDF-" in data[:1024]:
        return "PDF"
    return "HTML" if MARKUP.match(data[:2048]) else "text"


def _office(data: bytes, kind: str) -> str:
    if kind == "ZIP":
        return _package(data)
    if kind.startswith("old Office"):
        return "encrypted Office" if ENCRYPTED_PACKAGE in data else "old Office (DOC, XLS, PPT or MSG)"
    return kind


def _package(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return next((kind for part, kind in PARTS.items() if part.encode() in data[:65536]), "ZIP")
    return next((kind for part, kind in PARTS.items() if any(n.startswith(part) for n in names)), "ZIP")
