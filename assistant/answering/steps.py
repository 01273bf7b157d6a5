"""What was done for an answer, step by step, with times: what traces show. Counts and reasons, never words."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering.verification.verdict import Trap
from assistant.domain.answer import Fallback


@dataclass(frozen=True, slots=True)
class Timing:
    """When a step began, in seconds since 1970, and how many seconds it took."""

    began: float
    seconds: float


@dataclass(frozen=True, slots=True)
class SearchStep:
    """Passages were searched for: how many were found, in how many documents that the asker may see."""

    timing: Timing
    passages: int
    documents: int


@dataclass(frozen=True, slots=True)
class ModelStep:
    """One call of the model. `failure` is why it ended without a usable answer.

    `first_words` are the seconds until it began to speak, None when it never did.
    """

    timing: Timing
    input_tokens: int
    output_tokens: int
    first_words: float | None = None
    failure: Fallback | None = None


@dataclass(frozen=True, slots=True)
class VerifyStep:
    """One sentence of the model was held against what it cites, and the traps it fell into."""

    timing: Timing
    supported: bool
    score: float
    traps: tuple[Trap, ...] = ()


Step = SearchStep | ModelStep | VerifyStep
