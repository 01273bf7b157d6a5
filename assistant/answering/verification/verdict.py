"""What the verifier says of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trap(StrEnum):
    """How a sentence goes beyond what it cites."""

    NUMBER = "number"
    UNIT = "unit"
    DATE = "date"
    ENTITY = "entity"
    NEGATION = "negation"
    MODALITY = "modality"
    CONDITION = "condition"
    TIER = "tier"
    QUANTIFIER = "quantifier"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Finding:
    """One trap a sentence fell into: what it says, and what the passage says instead ("" when it says nothing)."""

    trap: Trap
    said: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the cited text number `text` (from 0) that a sentence rests on."""

    text: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the cited texts support a sentence, and why not.

    `score` in 0..1 is how much of what the sentence says stands in the evidence; findings decide beside it.
    `evidence` has a span of every cited text that the sentence rests on. `certain` is False when sentence and evidence
    are in different languages and no embedder that reads both was at hand: then numbers, dates, names and polarity were
    compared, but not the rest of the words.
    """

    supported: bool
    score: float
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Span, ...] = ()
    certain: bool = True

    @property
    def traps(self) -> tuple[Trap, ...]:
        """The kinds of the findings, each once."""
        return tuple(dict.fromkeys(finding.trap for finding in self.findings))
