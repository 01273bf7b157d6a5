"""Bytes to text: byte order marks, UTF-16 without one, old 8-bit and East Asian encodings, binary refused."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import ftfy
from charset_normalizer import from_bytes
from ftfy.badness import is_bad

from ingest.verdict import Reason, refused

# Longest first: the UTF-32 mark begins with the UTF-16 one.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Detection reads this much; the rest must then decode with what was found.
SAMPLE = 64 * 1024
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
CJK = re.compile(r"[぀-ヿ一-鿿가-힯]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with line feeds as line ends and what the reader should tell about how it was decoded."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, name: str, *, repair: bool = False, declared: str = "") -> Decoded:
    """The text of a file, its line ends made line feeds.

    `declared` is an encoding the format itself names (an HTML charset); `repair` also mends text that somebody
    decoded wrongly before it was saved (`fÃ¼r` for `für`), which changes the characters of the file.

    Raises:
        UnreadableDocument: `empty`, or `wrong_encoding` when no encoding makes sense of the bytes.
    """
    text, encoding, guessed = _text(data, name, declared)
    if not text.strip():
        raise refused(Reason.EMPTY, f"{name} has no text.")
    if len(CONTROL.findall(text[:SAMPLE])) > len(text[:SAMPLE]) // 50:
        raise refused(Reason.WRONG_ENCODING, f"{name} is not text in any known encoding.")
    warnings = [f"read as {encoding}"] if guessed else []
    if repair and is_bad(text):
        mended = ftfy.fix_encoding(text)
        if mended != text:
            warnings.append("wrongly decoded characters were repaired")
            text = mended
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        warnings.append("NUL characters were left out")
        text = text.replace("\x00", "")
    return Decoded(text, encoding, tuple(warnings))


def _text(data: bytes, name: str, declared: str) -> tuple[str, str, bool]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), encoding, False
    wide = _wide(data)
    for encoding in (wide, "utf-8", _known(declared)):
        if not encoding:
            continue
        try:
            return data.decode(encoding), encoding, encoding == wide
        except UnicodeDecodeError:
            continue
    return _guess(data, name)


def _known(declared: str) -> str:
    """A declared encoding as Python names it; browsers read latin-1 as cp1252, so do we."""
    try:
        found = codecs.lookup(declared.strip()).name if declared else ""
    except (LookupError, ValueError):
        return ""
    return "cp1252" if found in {"iso8859-1", "ascii"} else found


def _wide(data: bytes) -> str:
    """UTF-16 without a mark shows as NULs in every second byte."""
    sample = data[:SAMPLE]
    half = len(sample) // 2
    if half < 2 or sample.count(0) < half * 0.4:
        return ""
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.05 else ""


def _guess(data: bytes, name: str) -> tuple[str, str, bool]:
    """The encoding a detector finds likeliest; Western text too short to tell is cp1252."""
    best = from_bytes(data[:SAMPLE]).best()
    found = best.encoding if best else ""
    for encoding in (found if _plausible(data, found) else "", "cp1252"):
        try:
            return data.decode(encoding), encoding, True
        except (UnicodeDecodeError, LookupError):
            continue
    if not found:
        raise refused(Reason.WRONG_ENCODING, f"{name} is not text in any known encoding.")
    return data.decode(found, errors="replace"), found, True


def _plausible(data: bytes, encoding: str) -> bool:
    """Whether a guess from few bytes can be trusted: East Asian text shows itself, other short text does not."""
    if not encoding:
        return False
    high = sum(byte > 127 for byte in data[:SAMPLE])
    return high >= 40 or len(CJK.findall(data[:SAMPLE].decode(encoding, errors="replace"))) * 2 >= high
