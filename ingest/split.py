"""Sections to passages: pieces that are retrieved and quoted whole, sized by what the embedder reads."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.domain.content import Document, Locator, Passage
from assistant.domain.prose import Span, blocks, lines, plain, sentences, trimmed
from assistant.ports.embedder import Embedder
from ingest.section import Section

SPLITTER = "3"  # part of every content hash: a new splitter re-ingests everything
BODY_TOKENS = 160  # chosen on the development questions, see docs/retrieval.md
CONTEXT_TOKENS = 64
SPECIAL_TOKENS = 2
SLACK_TOKENS = 4  # joining texts can cost a token or two
SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class Split:
    """A document cut up: `text[p.start:p.end] == p.text` for each passage, `embedded[i]` is what represents it."""

    text: str
    passages: tuple[Passage, ...]
    embedded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """A block, or a line or sentence of a block that is too long. `lead` is the header of the table it was cut from."""

    span: Span
    tokens: int
    lead: str = ""


def split(*, document: Document, sections: Sequence[Section], embedder: Embedder) -> Split:
    """Cut a document into passages along its structure.

    A passage never crosses a heading. Blocks are packed up to BODY_TOKENS; tables, lists and code stay whole where they
    fit and are cut between rows, items and lines where not. The embedded text is `title › heading path`, the header of
    a table that was cut, and the words of the passage; it is never longer than the embedder reads.
    """
    ruler = Ruler(embedder)
    paths = [tuple(h for h in s.heading_path if h.casefold() != document.title.casefold()) for s in sections]
    headings = [[plain(h).replace("\n", " ") for h in (document.title, *path) if h.strip()] for path in paths]
    ruler.measure([SEPARATOR.join(h) for h in headings])
    ruler.measure(_words(s.text, block) for s in sections for block in blocks(s.text))
    passages: list[Passage] = []
    embedded: list[str] = []
    seen: Counter[str] = Counter()
    offset = 0
    for section, path, parts in zip(sections, paths, headings, strict=True):
        context = _context(parts, ruler)
        for atoms in _pack(section.text, ruler.room(context), ruler):
            start, end = atoms[0].span.start, atoms[-1].span.end
            body = section.text[start:end]
            embedded.append("\n".join(part for part in (context, atoms[0].lead, plain(body) or body) if part))
            passages.append(
                Passage(
                    id=_identity(document.id, (*path, body), seen),
                    document_id=document.id,
                    ordinal=len(passages),
                    heading_path=path,
                    text=body,
                    start=offset + start,
                    end=offset + end,
                    locator=_narrow(section, start, end),
                    language=document.language,
                    scope_key=document.scope.key,
                    tokens=0,
                )
            )
        offset += len(section.text) + 2
    counts = embedder.count_tokens(embedded) if embedded else []
    sized = tuple(replace(p, tokens=n) for p, n in zip(passages, counts, strict=True))
    return Split("\n\n".join(s.text for s in sections), sized, tuple(embedded))


class Ruler:
    """Sizes in tokens, without special tokens. Texts measured together cost one call of the tokenizer."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, int] = {"": 0}

    def measure(self, texts: Iterable[str]) -> None:
        """Learn the sizes of all these texts at once."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        if unknown:
            counts = self._embedder.count_tokens(unknown)
            self._known.update((text, n - SPECIAL_TOKENS) for text, n in zip(unknown, counts, strict=True))

    def __call__(self, text: str) -> int:
        """The size of one text."""
        self.measure([text])
        return self._known[text]

    def room(self, context: str) -> int:
        """How many tokens of body fit beside a context."""
        return min(BODY_TOKENS, self._embedder.max_tokens - self(context) - SPECIAL_TOKENS - SLACK_TOKENS)


def _context(headings: Sequence[str], ruler: Ruler) -> str:
    """Title and headings; the middle ones are left out first when they are too long together."""
    parts = list(headings)
    while parts and ruler(SEPARATOR.join(parts)) > CONTEXT_TOKENS:
        if len(parts) > 2:
            del parts[1]
        else:
            longest = max(range(len(parts)), key=lambda i: len(parts[i]))
            parts[longest] = parts[longest][: int(len(parts[longest]) * 0.7)].rsplit(" ", 1)[0]
    return SEPARATOR.join(parts)


def _pack(text: str, room: int, ruler: Ruler) -> Iterator[list[Atom]]:
    """Neighbouring atoms together as far as they fit; a line that announces a list or table goes with it."""
    current: list[Atom] = []
    for atom in _atoms(text, room, ruler):
        used = sum(a.tokens for a in current) + (ruler(current[0].lead) if current else 0)
        if current and used + atom.tokens > room:
            announces = len(current) > 1 and current[-1].span.of(text).rstrip(" *_").endswith((":", "："))
            last = current[-1].tokens + ruler(current[-1].lead)
            carried = [current.pop()] if announces and last + atom.tokens <= room else []
            yield current
            current = carried
        current.append(atom)
    if current:
        yield current


def _atoms(text: str, room: int, ruler: Ruler) -> list[Atom]:
    atoms: list[Atom] = []
    for block in blocks(text):
        size = ruler(_words(text, block))
        atoms += [Atom(block, size)] if size <= room else _cut(text, block, room, ruler)
    return atoms


def _cut(text: str, block: Span, room: int, ruler: Ruler) -> list[Atom]:
    """A block that is too long: its rows, items, lines or sentences; what is still too long between words."""
    pieces = sentences(text, block) if block.kind == "prose" else lines(text, block)
    ruler.measure(_words(text, piece) for piece in pieces)
    lead = plain(pieces[0].of(text)) if block.kind == "table" and len(pieces) > 2 else ""
    if ruler(lead) > room // 3:
        lead = ""
    atoms: list[Atom] = []
    for piece in pieces:
        for span in _halve(text, piece, room - ruler(lead), ruler):
            atoms.append(Atom(span, ruler(_words(text, span)), lead if atoms else ""))
    return atoms


def _halve(text: str, span: Span, room: int, ruler: Ruler) -> list[Span]:
    """Cut between words (between characters where there are none) until every piece fits."""
    if span.end - span.start < 2 or ruler(_words(text, span)) <= room:
        return [span]
    middle = (span.start + span.end) // 2
    space = max(text.rfind(gap, span.start + 1, middle) for gap in (" ", "\n"))
    at = space if space > span.start + (span.end - span.start) // 4 else middle
    halves = (trimmed(text, half) for half in (Span(span.start, at, span.kind), Span(at, span.end, span.kind)))
    return [part for half in halves if half.start < half.end for part in _halve(text, half, room, ruler)]


def _words(text: str, span: Span) -> str:
    """What the embedder reads of a span: its words, or the span itself where it is all markup."""
    return plain(span.of(text)) or span.of(text)


def _narrow(section: Section, start: int, end: int) -> Locator:
    """The lines of the passage where the file is made of lines, else the locator of its section."""
    if section.locator.unit != "line":
        return section.locator
    first = int(section.locator.start) + section.text.count("\n", 0, start)
    last = first + section.text.count("\n", start, end)
    return replace(section.locator, start=str(first), end=str(last))


def _identity(document_id: str, parts: Sequence[str], seen: Counter[str]) -> str:
    """Stable as long as the text and its headings are: an edit elsewhere in the document does not change it."""
    digest = hashlib.sha256("\x1f".join((document_id, *parts)).encode()).hexdigest()[:24]
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
