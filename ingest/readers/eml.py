"""Mails: the text as it was sent, quoted parts kept, headers as metadata, attachments named."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default

from ingest.readers.encoding import decode
from ingest.readers.html import markdown_blocks, parse
from ingest.readers.outline import Block, outline_sections
from ingest.readers.sniff import require
from ingest.readers.text import clean, one_line, title_from
from ingest.section import ReadDocument
from ingest.verdict import Reason, refused

HEADERS = ("from", "to", "cc", "date", "subject")
MAX_PARTS = 1000


def read(data: bytes, name: str) -> ReadDocument:
    """The plain text body, or the HTML one where there is no plain one; paragraphs are numbered in the body."""
    require(data, name, "text")
    message = email.message_from_bytes(_narrow(data, name), policy=default)
    metadata = {key: value for key in HEADERS if (value := _header(message, key))}
    if message.get_content_type() in {"multipart/encrypted", "application/pkcs7-mime"}:
        raise refused(Reason.ENCRYPTED, f"{name} is an encrypted mail.")
    if not message.keys():
        raise refused(Reason.CORRUPT, f"{name} has no mail headers.")
    blocks, warnings = _body(message, name)
    return ReadDocument(
        metadata.get("subject") or title_from(name), tuple(outline_sections(blocks)), metadata=metadata,
        warnings=(*warnings, *_attachments(message)),
    )  # fmt: skip


def _narrow(data: bytes, name: str) -> bytes:
    """A mail saved as UTF-16 becomes the ASCII it was sent as."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in data[:64]:
        return decode(data, name).text.encode("utf-8")
    return data


def _header(message: EmailMessage, key: str) -> str:
    """A header as text; the library parses lazily and fails on some malformed ones, which then are given raw."""
    try:
        return one_line(str(message.get(key) or ""))
    except (ValueError, IndexError, AttributeError, LookupError):
        raw = next((value for header, value in message.raw_items() if header.lower() == key), "")
        return one_line(str(raw))


def _body(message: EmailMessage, name: str) -> tuple[list[Block], tuple[str, ...]]:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        raise refused(Reason.NO_TEXT, f"{name} has no text body.")
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else str(payload or "").encode()
    if not data.strip():
        raise refused(Reason.NO_TEXT, f"{name} has an empty body.")
    decoded = decode(data, name, repair=True, declared=part.get_content_charset("") or "")
    if part.get_content_subtype() == "html":
        return markdown_blocks(parse(decoded.text, name), name), decoded.warnings
    paragraphs = [clean(paragraph) for paragraph in decoded.text.split("\n\n")]
    return [Block(paragraph) for paragraph in paragraphs if paragraph], decoded.warnings


def _attachments(message: EmailMessage) -> list[str]:
    parts = [part for number, part in enumerate(message.walk()) if number < MAX_PARTS and not part.is_multipart()]
    names = [one_line(part.get_filename("") or "") for part in parts]
    return [f"attachment {name} was left out" for name in names if name]
