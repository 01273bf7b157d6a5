"""What a sentence cites, cut into the units it can rest on, and which of them it does rest on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.unit import Unit, units
from assistant.answering.verification.reading import Reading, read
from assistant.domain.prose import plain

COVER = 3  # units that one sentence may put together
GAIN = 0.12  # share of the sentence's weight that a further unit must add


@dataclass(frozen=True, slots=True)
class Evidence:
    """A cited text. `context` is what a reader knows before it: title and headings; language is ISO 639-1."""

    text: str
    language: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit of a cited text: what it says itself, and with the header or lead line it belongs to."""

    text: int
    start: int
    end: int
    own: Reading
    whole: Reading


@dataclass(frozen=True, slots=True)
class Support:
    """The pieces a sentence rests on, best first, all pieces, and the contexts.

    `share` in 0..1 is how much of the sentence's weight stands in those pieces and their contexts.
    """

    cover: tuple[Piece, ...]
    pieces: tuple[Piece, ...]
    context: Reading
    share: float
    missing: frozenset[str]


@lru_cache(maxsize=1024)
def pieces_of(evidence: Evidence, number: int) -> tuple[Piece, ...]:
    """The pieces of one cited text; a row brings its header, an item the line that announces it."""
    found = units(evidence.text)
    pieces = []
    for place, unit in enumerate(found):
        own = read(unit.words, evidence.language)
        lead = _lead(found, place)
        whole = read(f"{lead.words} {unit.words}", evidence.language) if lead else own
        pieces.append(Piece(number, unit.span.start, unit.span.end, own, whole))
    return tuple(pieces)


def _lead(found: Sequence[Unit], place: int) -> Unit | None:
    unit = found[place]
    if unit.span.kind == "table":
        first = next(k for k in range(len(found)) if found[k].block == unit.block)
        return found[first] if first != place else None
    if unit.span.kind == "list":
        for k in range(place - 1, max(-1, place - 12), -1):
            if found[k].announces:
                return found[k]
            if found[k].span.kind != "list":
                return None
    return None


def support(sentence: Reading, evidence: Sequence[Evidence]) -> Support:
    """The pieces of the cited texts that say most of the sentence together."""
    pieces = tuple(piece for number, each in enumerate(evidence) for piece in pieces_of(each, number))
    language = evidence[0].language if evidence else sentence.language
    context = read(" \n".join(dict.fromkeys(plain(each.context) for each in evidence)), language)
    wanted = sentence.content | sentence.numbers
    weights = _weights(wanted, pieces)
    total = sum(weights.values())
    words = frozenset(token.lower for token in sentence.tokens)
    left, cover = dict(weights), list[Piece]()
    while pieces and left and len(cover) < COVER:
        best = max(pieces, key=lambda piece: _gain(piece, left, words))
        gain = sum(weight for term, weight in left.items() if term in best.whole.anchors)
        if gain <= 0 or (cover and gain < GAIN * total):
            break
        cover.append(best)
        left = {term: weight for term, weight in left.items() if term not in best.whole.anchors}
    left = {term: weight for term, weight in left.items() if term not in context.anchors}
    share = 1 - sum(left.values()) / total if total else float(bool(pieces))
    return Support(tuple(cover), pieces, context, share, frozenset(left))


def _gain(piece: Piece, left: dict[str, float], words: frozenset[str]) -> tuple[float, float]:
    """Weight of what a piece adds; of two that add the same the shorter one, which says less beside it."""
    has, own = piece.whole.anchors, piece.own.anchors
    gain = sum(weight for term, weight in left.items() if term in has)
    nearer = 0.2 * sum(weight for term, weight in left.items() if term in own) + 0.05 * len(words & own)
    return gain + nearer, -len(own)


def _weights(wanted: frozenset[str], pieces: Sequence[Piece]) -> dict[str, float]:
    """How much each term tells pieces apart: its idf among them; a term no piece has weighs as much as a rare one."""
    frequency = Counter(term for piece in pieces for term in wanted & piece.whole.anchors)
    count = len(pieces)
    return {term: math.log(1 + (count + 1) / (frequency[term] + 0.5)) for term in sorted(wanted)}
