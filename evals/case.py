"""The vocabulary of an evaluation: what is asked, what was seen, how it scored."""

from __future__ import annotations

from dataclasses import dataclass

UNANSWERABLE = "unanswerable"
MULTI_SECTION = "multi-section"


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A place that answers the question: a document path relative to the corpus and a verbatim quote from it."""

    doc: str
    quote: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class SeenDeal:
    """The values of a deal by slot, and the slots that nobody stated."""

    slots: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurnGold:
    """What a conversation asks for; a message may name several deals."""

    intent: str
    deals: tuple[SeenDeal, ...]


@dataclass(frozen=True, slots=True)
class SeenTurn:
    """What was understood of a conversation."""

    intent: str
    language: str
    deals: tuple[SeenDeal, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a right answer rests on.

    `facts` are alternatives in lower case: every inner tuple needs one of its strings in the answer.
    `asked_as` names who asks, as `liaison ask --as` does; empty is anonymous. `wrong_docs` must not be cited or shown.
    `slices` are the groups it is reported in, always written `all` or `name:value` (`lang:de`, `kind:howto`).
    Cases of one `conversation` share what went before, so statistics resample them together; empty stands alone.
    """

    id: str
    question: str
    language: str = "und"
    kind: str = "other"
    gold: tuple[GoldSpan, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    slices: tuple[str, ...] = ("all",)
    asked_as: str = ""
    wrong_docs: tuple[str, ...] = ()
    turn: TurnGold | None = None
    dialogue: bool = False
    conversation: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the content holds an answer."""
        return self.kind != UNANSWERABLE and bool(self.gold or self.facts)

    @property
    def every_gold(self) -> bool:
        """Whether all gold places are needed together; otherwise any one is enough."""
        return self.kind == MULTI_SECTION


@dataclass(frozen=True, slots=True)
class SeenPassage:
    """A passage in rank order. `doc` is the path relative to the corpus.

    `text` is what the answerer gets to read; empty for a passage that ranks but is not handed over.
    """

    doc: str
    text: str


@dataclass(frozen=True, slots=True)
class SeenCitation:
    """A citation of an answer.

    `passage` is the text of the whole cited passage, `quote` the cited span, and `source` what stands in the source
    file at the locator when it is read again; None when the suite does not re-read.
    """

    doc: str
    passage: str
    quote: str
    locator: str = ""
    source: str | None = None


@dataclass(frozen=True, slots=True)
class SeenSentence:
    """A sentence, list item or table row of an answer with the numbers (from 1) of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """An answer as the surface would get it. `status` is one of assistant.domain.answer.AnswerStatus.

    `milliseconds` is wall time from question to answer, without what the evaluation adds. `tokens` of a language model
    are those in and out; `cost` is None when they have no price.
    """

    status: str
    text: str
    milliseconds: float
    citations: tuple[SeenCitation, ...] = ()
    sentences: tuple[SeenSentence, ...] = ()
    confidence: float = 0.0
    reason: str = ""
    tokens: int = 0
    cost: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """What the system did with a case. A non-empty `error` makes every score of it wrong.

    `forbidden` lists documents that were shown although the requester is outside their audience. `baseline` is what
    another way of asking the same found, for metrics that compare the two. `differences` are what the PRM says other
    than it should at the end of a conversation. `ranked` is the share of the questions of the other kind (answerable or
    not) that the confidence is on the right side of. `findings` are what checks said of a text, or guarantees that an
    attack broke.
    """

    case_id: str
    passages: tuple[SeenPassage, ...] = ()
    answer: SeenAnswer | None = None
    milliseconds: float | None = None
    forbidden: tuple[str, ...] = ()
    baseline: tuple[SeenPassage, ...] = ()
    error: str = ""
    turn: SeenTurn | None = None
    differences: tuple[str, ...] = ()
    ranked: float | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """What one metric says of one observation. Quality is 0..1; durations are in the unit of the metric's name."""

    metric: str
    case_id: str
    value: float
    errored: bool = False
