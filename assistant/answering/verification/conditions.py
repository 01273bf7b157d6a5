"""Conditions and "only" that a sentence leaves out or turns round. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.verification.checks import COVERED, near_copy, repeated
from assistant.answering.verification.evidence import Piece
from assistant.answering.verification.reading import Cue, Reading
from assistant.answering.verification.verdict import Finding, Trap
from assistant.answering.verification.vocabulary import vocabulary

CONDITION_KEPT = 0.3  # of the words of a condition
ONLY = {
    *("only", "solely", "exclusively", "nur", "ausschließlich", "uniquement", "seulement", "exclusivement", "solo"),
    *("sólo", "únicamente", "exclusivamente", "somente", "apenas", "のみ"),
}
ONLY_IF = {
    *("only if", "only when", "only after", "nur wenn", "uniquement si", "seulement si", "solo si", "sólo si"),
    *("somente se", "apenas se", "場合のみ"),
}


def lost_conditions(sentence: Reading, cover: Sequence[Piece]) -> list[Finding]:
    """Conditions of the best piece that the sentence leaves out or turns round."""
    findings = []
    for cue in cover[0].own.conditions if cover else ():
        if cue.group in ONLY:
            told = repeated(cue, sentence, best=True)
            others = [c for c in sentence.conditions if c.group in ONLY or not near_copy(sentence, cover[0].own)]
            if told and not others and not any(c.set == "bound" for c in sentence.cues):
                findings.append(Finding(Trap.CONDITION, "", cue.words))
            continue
        clause, rest = _clause(cover[0].own, cue)
        if not clause or not rest or len(rest & sentence.content) / len(rest) < COVERED:
            continue
        kept = len(clause & (sentence.content | sentence.numbers)) / len(clause)
        said = [c for c in sentence.conditions if _same_sense(c, cue)]
        left_out = kept < CONDITION_KEPT and not (said and kept > 0)
        opened = cue.group in ONLY_IF and not _limited(sentence) and near_copy(sentence, cover[0].own)
        if left_out or opened:
            findings.append(Finding(Trap.CONDITION, "", cue.words))
        elif not said and _turned(sentence.conditions, cue):
            findings.append(Finding(Trap.CONDITION, sentence.conditions[0].words, cue.words))
    return findings


def _limited(sentence: Reading) -> bool:
    """Whether a sentence says "only" of anything."""
    return any(cue.group in ONLY or cue.group in ONLY_IF for cue in sentence.conditions)


def _same_sense(one: Cue, other: Cue) -> bool:
    return one.group == other.group or other.group not in _turning(one)


def _turned(mine: Sequence[Cue], cue: Cue) -> bool:
    return any(cue.group in _turning(c) or c.group in _turning(cue) for c in mine)


def _turning(cue: Cue) -> list[str]:
    return vocabulary().turned.get(cue.group, [])


def _clause(reading: Reading, cue: Cue) -> tuple[frozenset[str], frozenset[str]]:
    """What only the clause says that a condition opens, up to the next comma or the end, and the terms of the rest.

    Numbers and dates count where a clause is made of nothing else, as in "until 31 July".
    """
    after = reading.text.find(",", cue.at)
    end = after if after >= 0 else len(reading.text)
    inside = frozenset(t.term for t in reading.tokens if t.content and cue.at <= t.start < end)
    inside -= frozenset(t.term for t in reading.tokens if t.lower in cue.words.split())
    outside = frozenset(t.term for t in reading.tokens if t.content and not cue.at <= t.start < end)
    return (inside - outside) or inside or _figures(reading, cue.at, end), outside - inside or outside


def _figures(reading: Reading, start: int, end: int) -> frozenset[str]:
    """The numbers and dates between two places, as `Reading.numbers` names them."""
    values = {f"#{value}" for q in reading.quantities if start <= q.start < end for value in q.values}
    days = {f"@{m}-{d}" for date in reading.dates if start <= date.start < end for m, d in date.months}
    return frozenset(values | days)
