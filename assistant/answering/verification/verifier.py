"""Does what a sentence cites support it? Rules decide, and where words differ an embedder; no language model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.answering.verification.checks import (
    exchanged_cues,
    swapped_members,
    wrong_dates,
    wrong_names,
    wrong_numbers,
    wrong_polarity,
)
from assistant.answering.verification.conditions import lost_conditions
from assistant.answering.verification.evidence import Evidence, Support, support
from assistant.answering.verification.reading import Reading, read
from assistant.answering.verification.verdict import Finding, Span, Trap, Verdict
from assistant.domain.prose import plain

MARKER = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
# Chosen on the development part of the labelled pairs; `python -m evals.verifier` prints what they do on the rest.
LEXICAL = 0.6  # share of a sentence's words that must stand in the evidence when no embedder is asked
CERTAIN = 0.8  # share from which the embedder is not asked
BLENDED = 0.55  # mean of share and cosine
ACROSS = 0.5  # cosine across languages


class Similarity(Protocol):
    """Compares texts by meaning; blocking."""

    def closest(self, sentence: str, texts: Sequence[str]) -> tuple[int, float]:
        """The place of the text closest in meaning, and its cosine. `texts` is not empty."""
        ...

    def bridges(self, one: str, other: str) -> bool:
        """Whether texts in these two languages (ISO 639-1) can be compared."""
        ...


@dataclass(frozen=True, slots=True)
class Verifier:
    """Judges sentences by the texts they cite. Blocking where it asks the embedder, else a few milliseconds."""

    similarity: Similarity | None = None

    def verify(self, sentence: str, evidence: Sequence[Evidence], *, language: str) -> Verdict:
        """The verdict on a sentence in `language`; a sentence that cites nothing is not supported."""
        said = read(MARKER.sub("", plain(sentence)), language)
        found = support(said, evidence)
        if not found.pieces:
            return Verdict(supported=False, score=0.0, findings=(Finding(Trap.CONTENT, sentence),))
        if any(each.language.split("-")[0] != said.language for each in evidence):
            return self._across(said, found, evidence)
        score, enough = self._score(said, found)
        findings = _findings(said, found)
        if not enough:
            findings.append(Finding(Trap.CONTENT, ", ".join(sorted(found.missing))))
        place = _place(found)
        return Verdict(supported=not findings, score=score, findings=tuple(findings), evidence=place)

    def _score(self, said: Reading, found: Support) -> tuple[float, bool]:
        if found.share >= CERTAIN or self.similarity is None:
            return found.share, found.share >= LEXICAL
        texts = [piece.whole.text for piece in found.cover] or [piece.whole.text for piece in found.pieces]
        joined = " ".join(texts)
        _, cosine = self.similarity.closest(said.text, [*texts, joined])
        blended = (found.share + max(cosine, 0.0)) / 2
        return blended, blended >= BLENDED

    def _across(self, said: Reading, found: Support, evidence: Sequence[Evidence]) -> Verdict:
        """Another language than the evidence: what is written alike everywhere, polarity, and meaning if it can be."""
        readings = [piece.whole for piece in found.pieces]
        whole = Support(found.pieces, found.pieces, found.context, found.share, found.missing)
        findings = [*wrong_numbers(said, whole), *wrong_dates(said, whole)]
        findings += wrong_names(said, whole, cited=readings, strict=False)
        bridge = self.similarity
        able = bridge is not None and all(bridge.bridges(said.language, each.language) for each in evidence)
        cosine = 0.0
        place = _place(found)
        if able and bridge is not None:
            best, cosine = bridge.closest(said.text, [reading.text for reading in readings])
            piece = found.pieces[best]
            place = (Span(piece.text, piece.start, piece.end),)
            findings += _polarity_across(said, [piece.own])
            if cosine < ACROSS:
                findings.append(Finding(Trap.CONTENT, said.text))
        elif len(readings) == 1:
            place = tuple(Span(piece.text, piece.start, piece.end) for piece in found.pieces)
            findings += _polarity_across(said, readings)
        elif not _anchored(said, readings):
            findings.append(Finding(Trap.CONTENT, said.text))
        score = cosine if able else float(not findings)
        return Verdict(not findings, score, tuple(findings), place, certain=able)


def _findings(said: Reading, found: Support) -> list[Finding]:
    readings = [piece.whole for piece in found.pieces]
    return [
        *wrong_numbers(said, found),
        *wrong_dates(said, found),
        *wrong_names(said, found, cited=readings),
        *swapped_members(said, found, names="tiers", trap=Trap.TIER),
        *swapped_members(said, found, names="roles", trap=Trap.ENTITY),
        *wrong_polarity(said, found.cover),
        *exchanged_cues(said, found.cover),
        *lost_conditions(said, found.cover),
    ]


def _place(found: Support) -> tuple[Span, ...]:
    """Of every cited text that has a piece of the cover, from its first to its last one."""
    numbers = dict.fromkeys(piece.text for piece in found.cover)
    same = {number: [piece for piece in found.cover if piece.text == number] for number in numbers}
    return tuple(Span(n, min(p.start for p in each), max(p.end for p in each)) for n, each in same.items())


def _polarity_across(said: Reading, readings: Sequence[Reading]) -> list[Finding]:
    mine = any(cue.set == "negation" for cue in said.cues)
    theirs = any(cue.set == "negation" for reading in readings for cue in reading.cues)
    return [] if mine == theirs else [Finding(Trap.NEGATION, "no" if mine else "", "no" if theirs else "")]


def _anchored(said: Reading, readings: Sequence[Reading]) -> bool:
    """Whether a number, date or word of the sentence stands in the evidence as well."""
    anchors = frozenset(anchor for reading in readings for anchor in reading.anchors)
    return bool((said.content | said.numbers) & anchors) or bool(said.dates)
