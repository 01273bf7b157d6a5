"""A labelled sentence with what it cites."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from assistant.answering.verification.evidence import Evidence

Part = Literal["train", "dev", "held-out"]


@dataclass(frozen=True, slots=True)
class Grounded:
    """A true sentence and the texts it rests on. `document` decides which part it is in."""

    sentence: str
    language: str
    evidence: tuple[Evidence, ...]
    document: str
    source: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence that its evidence supports or does not; `kind` is how it was made."""

    grounded: Grounded
    sentence: str
    kind: str
    supported: bool

    @property
    def part(self) -> Part:
        """By document: three tenths train, two tenths dev, the rest held out."""
        place = int(hashlib.sha256(self.grounded.document.encode()).hexdigest()[:8], 16) % 10
        return "train" if place < 3 else "dev" if place < 5 else "held-out"
