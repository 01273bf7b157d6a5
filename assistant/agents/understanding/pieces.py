"""A text in the pieces that people separate by commas, lines and sentence ends; and what is quoted in it."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from assistant.agents.understanding.entities import FILL, Marked
from assistant.agents.understanding.lexicon import Lexicon

CUT = regex.compile(
    r"\n+|[,;:：、。，；！？!?()（）「」\"“”„»«|＝=・]|\s[/–—\-]+\s|(?<=[\p{Ll}\p{N}\ue000)\]]|\p{Lu}{2})\.(?=\s|$)|\s[/]\s"
)
STRONG = regex.compile(r"\n|[。！？!?.;；]")
QUOTED_LINE = regex.compile(r"^\s*>.*$", regex.MULTILINE)
HEADER = regex.compile(r"^\s*(?:>\s*)?(?P<name>\p{L}[\p{L}\-]{1,12})\s?:\s*(?P<value>.*)$", regex.MULTILINE)
SENDERS = {"from", "von", "de", "da", "van", "差出人", "mittente", "afzender", "expéditeur", "remitente"}
OTHER_HEADERS = {
    "to", "an", "à", "para", "a", "aan", "宛先", "cc", "kopie", "subject", "betreff", "objet", "asunto", "assunto",
    "oggetto", "onderwerp", "件名", "date", "datum", "fecha", "data", "sent", "gesendet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text between two separators.

    `sentence` counts sentences and lines, `mark` is the separator before it, `rest` has the entities blanked out.
    """

    text: str
    rest: str
    start: int
    end: int
    sentence: int
    mark: str
    after: str

    @property
    def words(self) -> list[str]:
        """The words that belong to no entity."""
        found: list[str] = regex.findall(r"[\p{L}\p{N}'’\-&./]*\p{L}[\p{L}\p{N}'’\-&.]*", self.rest.replace(FILL, " "))
        return found


def pieces(marked: Marked) -> list[Piece]:
    """The pieces in order; empty ones are left out."""
    rest, found = marked.rest, []
    start, sentence, mark = 0, 0, "\n"
    cuts = [*CUT.finditer(rest), None]
    for cut in cuts:
        end = cut.start() if cut else len(rest)
        piece = _piece(marked.text, rest, start, end)
        if piece is not None:
            first, last = piece
            after = cut.group() if cut else ""
            found.append(
                Piece(marked.text[first:last], rest[first:last], first, last, sentence, mark, after.strip() or after)
            )
        if cut is not None:
            mark, start = cut.group().strip() or "\n", cut.end()
            sentence += bool(STRONG.search(cut.group()))
    return found


def _piece(text: str, rest: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and (text[start].isspace() or text[start] in ">'*-•・"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "'*"):
        end -= 1
    return (start, end) if end > start and rest[start:end].strip() else None


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Where forwarded or quoted text stands: lines after ">", what follows a mail header, and long quotations."""
    spans = [match.span() for match in QUOTED_LINE.finditer(text)]
    spans += [
        match.span(1)
        for match in regex.finditer(
            r"(?:^|[\s:：])['\"“„«「]([^'\"”“»」]{80,}|[^\"”“»」]{80,}?)['\"”“»」](?=\s|$)", text
        )
    ]
    header = next(
        (match for match in HEADER.finditer(text) if match["name"].lower() in SENDERS and "@" in match["value"]), None
    )
    if header is not None and ">" not in text[: header.end()].splitlines()[-1][:3]:
        closing = regex.search(r"\n\s*(?:--+|__+|==+)\s*\n", text[header.end() :])
        spans.append((header.start(), header.end() + closing.start() if closing else len(text)))
    return spans


def sender(text: str) -> tuple[str, int, int] | None:
    """The name in a From line, with its place."""
    for match in HEADER.finditer(text):
        if match["name"].lower() in SENDERS and "@" in match["value"]:
            name = regex.match(r"\s*[\"']?([\p{L}][\p{L}.'’\- ]*[\p{L}])", match["value"].split("<")[0])
            if name:
                return name[1], match.start("value") + name.start(1), match.start("value") + name.end(1)
    return None


def addressed_to(text: str, place: int) -> bool:
    """Whether a place stands in a header line other than the sender's."""
    return any(
        match.start() <= place < match.end() and match["name"].lower() in OTHER_HEADERS
        for match in HEADER.finditer(text)
    )


def label(piece: Piece, words: Lexicon) -> str:
    """Which field a piece names when it is nothing but a label ("Customer:")."""
    if piece.after not in {":", "：", "=", "＝"} or len(piece.words) > 4:
        return ""
    for name, patterns in words.labels.items():
        if regex.fullmatch(rf"(?:{'|'.join(patterns)})", piece.text.strip(), regex.IGNORECASE):
            return name
    return ""
