"""What a model writes, cut into cited claims while it is still writing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.domain.prose import blocks, lines, sentences

MARKS = re.compile(r"(?:[ \t]*\[\d{1,3}(?:\s?[,;]\s?\d{1,3})*\])+[ \t]*[.!?。！？]?")
NUMBER = re.compile(r"\d+")
NOT_FOUND = "NOT_FOUND"
REFUSAL = re.compile(
    r"\b(?:I(?:'m| am) (?:sorry|unable|not able)|I can(?:no|')t|as an AI|cannot (?:help|assist|comply)"
    r"|es tut mir leid|je suis désolé|lo siento|sinto muito)\b|申し訳",
    re.IGNORECASE,
)
LONGEST = 12_000  # characters of a model's answer that are read


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence or list item of a draft with the passage numbers it cites (from 1), in the order written."""

    text: str
    cites: tuple[int, ...]
    item: bool = False


@dataclass(slots=True)
class Draft:
    """Collects the pieces of a streamed answer and gives out the claims that are complete."""

    written: int = 0
    uncited: int = 0
    cited: int = 0
    _rest: str = field(default="")
    _all: str = field(default="")

    def add(self, piece: str) -> list[Claim]:
        """The claims that this piece completes: those whose citation is followed by something else."""
        read = piece[: max(LONGEST - self.written, 0)]
        self.written += len(piece)
        self._rest += read
        self._all += read
        found: list[Claim] = []
        while (mark := MARKS.search(self._rest)) is not None and self._rest[mark.end() :].strip()[:1] not in {"", "["}:
            found += _claims(self._rest[: mark.start()], mark.group(0))
            self._rest = self._rest[mark.end() :]
            self.cited += 1
        return found

    def end(self) -> list[Claim]:
        """The last claims; what cites nothing is counted as `uncited`."""
        found: list[Claim] = []
        while (mark := MARKS.search(self._rest)) is not None:
            found += _claims(self._rest[: mark.start()], mark.group(0))
            self._rest = self._rest[mark.end() :]
            self.cited += 1
        self.uncited = len(_claims(self._rest, ""))
        self._rest = ""
        return found

    @property
    def too_long(self) -> bool:
        """Whether no more of it is read."""
        return self.written > LONGEST

    @property
    def not_found(self) -> bool:
        """Whether the model says that the passages do not answer."""
        return NOT_FOUND in self._all

    @property
    def refused(self) -> bool:
        """Whether it reads like a refusal to answer at all."""
        return bool(REFUSAL.search(self._all[:400]))

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return not self._all.strip()


def _claims(text: str, mark: str) -> list[Claim]:
    """The sentences before a citation; all of them rest on it."""
    cites = tuple(dict.fromkeys(int(number) for number in NUMBER.findall(mark)))
    found: list[Claim] = []
    for block in blocks(text):
        spans = lines(text, block) if block.kind in {"list", "table"} else sentences(text, block)
        for span in spans:
            words = " ".join(span.of(text).split()).strip(" ,;:")
            if any(c.isalnum() for c in words):
                closed = words if words[-1] in ".!?。！？…)" else words + ("。" if words[-1] >= "\u3040" else ".")
                found.append(Claim(closed, cites, item=block.kind == "list"))
    return found
