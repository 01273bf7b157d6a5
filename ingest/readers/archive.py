"""Checks on an Office package before any parser opens it: what it unpacks to, and that its XML declares no entities."""

from __future__ import annotations

import io
import zipfile
import zlib

from ingest.readers.sniff import require
from ingest.verdict import Reason, refused

MAX_PARTS = 10_000
MAX_TOTAL = 256 * 1024 * 1024
# Deflate reaches 1,032:1; office XML stays below 60:1 in the real files we measured.
MAX_RATIO = 150
# Small parts may be as regular as they like.
RATIO_FROM = 8 * 1024 * 1024
# One part of this size is parsed into a tree five to ten times as large.
MAX_XML = 48 * 1024 * 1024
PROLOG = 4096


def check_package(data: bytes, name: str, kind: str) -> None:
    """Return when an Office package may be opened.

    Raises:
        UnreadableDocument: `zip_bomb`, `xml_bomb`, `encrypted`, or what `require` and `corrupt` stand for.
    """
    require(data, name, kind)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist(), name)
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    _check_prolog(archive, part, name)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise refused(Reason.CORRUPT, f"{name} is a damaged {kind} file ({error}).") from error
    except RuntimeError as error:  # zipfile has no other word for a password
        raise refused(Reason.ENCRYPTED, f"{name} is encrypted with a password.") from error


def _check_sizes(parts: list[zipfile.ZipInfo], name: str) -> None:
    total = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or total > MAX_TOTAL:
        raise refused(Reason.ZIP_BOMB, f"{name} unpacks to {total >> 20} MB in {len(parts)} parts.")
    for part in parts:
        ratio = part.file_size / max(1, part.compress_size)
        large_xml = part.filename.endswith(".xml") and part.file_size > MAX_XML
        if large_xml or (part.file_size > RATIO_FROM and ratio > MAX_RATIO):
            raise refused(
                Reason.ZIP_BOMB, f"{name} holds a part that unpacks {ratio:.0f}:1 to {part.file_size >> 20} MB."
            )


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Office packages may not contain document type declarations (ECMA-376 part 2), and parsers differ on them."""
    with archive.open(part) as stream:
        prolog = stream.read(PROLOG).replace(b"\x00", b"")
    if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
        raise refused(Reason.XML_BOMB, f"{name} declares XML entities in {part.filename}.")
