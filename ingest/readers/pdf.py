"""PDF: the text of each page under the bookmarks that lead to it."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pypdf import PageObject, PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import Destination

from assistant.domain.content import Locator
from ingest.readers.sniff import require
from ingest.readers.text import clean, one_line, title_from
from ingest.section import ReadDocument, Section
from ingest.verdict import Reason, refused

BULLET = re.compile(r"^[•●▪‣◦⁃∙·]\s*", re.MULTILINE)
BROKEN_WORD = re.compile(r"(\w+)-\n([a-zß-ÿ]+)")
DIGITS = re.compile(r"\d+")
PLACEHOLDERS = {"untitled", "anonymous", "unspecified"}
# A line that opens or closes this share of the pages is a running header or footer.
REPEATED = 0.6
MAX_OUTLINE = 5000
FULL_LINE = 20
WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
SENTENCE_END = re.compile(r"[.!?:;。！？：][\"')»”]?$")
ITEM = re.compile(r"[-–*] |\(?\w{1,3}[.)] ")


def read(data: bytes, name: str) -> ReadDocument:
    """A section for each page with text: wrapped lines are joined, running headers and line-end hyphens removed."""
    require(data, name, "PDF")
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise refused(Reason.ENCRYPTED, f"{name} needs a password.")
    pages, failed = _pages(reader, name)
    whole = "\n".join(pages)
    pages = [_unwrapped(_joined(page, whole)) for page in _without_running_lines(pages)]
    silent = [str(number) for number, page in enumerate(pages, start=1) if not page]
    if len(silent) == len(pages):
        raise refused(Reason.NO_TEXT, f"{name} has {len(pages)} pages and no text on any.")
    paths, warnings = _bookmarks(reader, len(pages))
    if silent:
        warnings.append(f"no text on page {', '.join(silent[:20])}{' …' if len(silent) > 20 else ''}")
    sections = tuple(
        Section(paths[number - 1], page, Locator("page", str(number), str(number)))
        for number, page in enumerate(pages, start=1)
        if page
    )
    metadata = _metadata(reader)
    return ReadDocument(
        metadata.get("title") or title_from(name), sections, metadata=metadata, warnings=tuple(warnings + failed)
    )


def _pages(reader: PdfReader, name: str) -> tuple[list[str], list[str]]:
    texts: list[str] = []
    warnings: list[str] = []
    for number, page in enumerate(reader.pages, start=1):
        try:
            texts.append(BULLET.sub("- ", _page_text(page)))
        except LimitReachedError as error:
            raise refused(
                Reason.ZIP_BOMB, f"{name}: page {number} unpacks beyond what a page holds ({error})."
            ) from error
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, ZeroDivisionError) as error:
            texts.append("")
            warnings.append(f"page {number} cannot be read ({type(error).__name__}: {error})")
    return texts, warnings


def _page_text(page: PageObject) -> str:
    """The page's text; where a program set every word on its own, the words of prose are lines again."""
    text = clean(page.extract_text())
    lines = text.split("\n")
    single = sum(" " not in line for line in lines)
    prose = sum(line[:1].islower() for line in lines)
    if len(lines) < 20 or single < 0.8 * len(lines) or prose < 0.4 * len(lines):
        return text
    return re.sub(r"\n(?![-•●▪‣◦⁃∙·](?:\s|$)|\d+[.)])", " ", text)


def _unwrapped(page: str) -> str:
    """The page with lines that only end because the column does joined to the next; Chinese and Japanese without blank.

    A line is full when it is nearly as long as the page's long lines; headings, list items and table cells are not.
    """
    lines = page.split("\n")
    lengths = sorted(len(line) for line in lines)
    full = 0.75 * lengths[int(0.9 * (len(lengths) - 1))]
    if full < FULL_LINE or (full < 2 * FULL_LINE and not WIDE.search(page)):
        return page
    joined = lines[:1]
    for before, line in pairwise(lines):
        wrapped = len(before) >= full and not SENTENCE_END.search(before) and not ITEM.match(line)
        if wrapped:
            blank = "" if WIDE.match(line[:1]) or WIDE.match(before[-1:]) else " "
            joined[-1] += blank + line
        else:
            joined.append(line)
    return "\n".join(joined)


def _without_running_lines(pages: Sequence[str]) -> list[str]:
    """Pages without the first or last line that most of them share but for its numbers."""
    lines = [page.split("\n") for page in pages]
    filled = [page for page in lines if len(page) > 2]
    if len(filled) < 4:
        return list(pages)
    heads = Counter(DIGITS.sub("#", page[0]) for page in filled)
    feet = Counter(DIGITS.sub("#", page[-1]) for page in filled)
    running = {line for line, count in [*heads.items(), *feet.items()] if count >= REPEATED * len(filled)}
    kept = []
    for page in lines:
        first = 1 if len(page) > 2 and DIGITS.sub("#", page[0]) in running else 0
        last = len(page) - 1 if len(page) > 2 and DIGITS.sub("#", page[-1]) in running else len(page)
        kept.append("\n".join(page[first:last]).strip())
    return kept


def _joined(page: str, whole: str) -> str:
    """Words broken at a line end made whole; the hyphen stays where the document writes it inside a line as well."""

    def join(match: re.Match[str]) -> str:
        hyphened = f"{match[1]}-{match[2]}"
        return hyphened if hyphened in whole else match[1] + match[2]

    return BROKEN_WORD.sub(join, page)


def _bookmarks(reader: PdfReader, pages: int) -> tuple[list[tuple[str, ...]], list[str]]:
    """The path of bookmarks in force at the top of each page, or where the first one on it points."""
    paths: list[tuple[str, ...]] = [()] * pages
    marks: dict[int, tuple[str, ...]] = {}
    try:
        for count, (destination, path) in enumerate(_entries(reader.outline, ())):
            number = reader.get_destination_page_number(destination)
            if count < MAX_OUTLINE and number is not None and 0 <= number < pages:
                marks.setdefault(number, path)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return paths, [f"bookmarks cannot be read ({type(error).__name__})"]
    current: tuple[str, ...] = ()
    for number in range(pages):
        current = marks.get(number, current)
        paths[number] = current
    return paths, []


def _entries(outline: Sequence[object], above: tuple[str, ...]) -> Iterator[tuple[Destination, tuple[str, ...]]]:
    path = above
    for entry in outline:
        if isinstance(entry, list):
            yield from _entries(entry, path)
        elif isinstance(entry, Destination):
            path = (*above, one_line(str(entry.title or ""))) if entry.title else above
            yield entry, path


def _metadata(reader: PdfReader) -> dict[str, str]:
    try:
        found = reader.metadata
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    if found is None:
        return {}
    values = {"title": found.title, "author": found.author, "subject": found.subject}
    shown = {key: one_line(str(value)) for key, value in values.items() if value}
    return {key: value for key, value in shown.items() if value and value.lower().strip("()") not in PLACEHOLDERS}
