"""What the content does not answer: questions that went wrong, and the gaps they make together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.domain.answer import AnswerStatus
from assistant.domain.people import Requester, Role

LONGEST_COMMENT = 2000


class Signal(StrEnum):
    """What says that a question was not answered well."""

    DECLINED = "declined"
    LOW_SUPPORT = "low_support"
    REASKED = "reasked"
    BADLY_RATED = "badly_rated"


class GapStatus(StrEnum):
    """Whether the content answers it by now."""

    OPEN = "open"
    CLOSED = "closed"
    REOPENED = "reopened"


class Rating(StrEnum):
    """What a person thinks of an answer."""

    GOOD = "good"
    BAD = "bad"


class Complaint(StrEnum):
    """What is wrong with an answer."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"
    NOT_THE_QUESTION = "not_the_question"
    WRONG_SOURCE = "wrong_source"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, without a name: what decides which content they see. It can ask again, as nobody in particular."""

    tenant: str
    role: Role | None
    partner_id: str
    tier: str
    regions: frozenset[str]
    locale: str

    @classmethod
    def of(cls, requester: Requester) -> Asker:
        """The requester without the person."""
        return cls(
            tenant=requester.tenant,
            role=requester.role,
            partner_id=requester.partner_id,
            tier=requester.tier,
            regions=requester.regions,
            locale=requester.locale,
        )

    @property
    def requester(self) -> Requester:
        """Somebody who sees what the asker saw."""
        return Requester(
            role=self.role,
            partner_id=self.partner_id,
            tier=self.tier,
            regions=self.regions,
            locale=self.locale,
            tenant=self.tenant,
        )


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """An answered or declined question, as it is kept: no name, e-mail addresses and phone numbers blacked out.

    `answer_id` is the answer's; `owner` is the digest of the person who may rate it, empty when nobody may.
    `question` can be understood without its thread. `nearest` are the ids of the documents that came closest, or were
    cited; `evidence` is a digest of what was cited, so that a changed answer is noticed. `times` counts how often that
    person asked it, between `first_at` and `last_at`.
    """

    answer_id: str
    owner: str
    asker: Asker
    question: str
    language: str
    status: AnswerStatus
    confidence: float
    generation: int
    evidence: str
    nearest: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    times: int = 1
    signals: frozenset[Signal] = frozenset()
    gap_id: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thinks of an answer; a second rating of the same answer takes the place of the first.

    `comment` is kept with e-mail addresses and phone numbers blacked out.
    """

    answer_id: str
    rating: Rating
    comment: str = ""
    reason: Complaint | None = None


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """Feedback with what it is about. `generation` is the content state the answer was made from."""

    feedback: Feedback
    question: str
    language: str
    generation: int
    at: datetime


@dataclass(frozen=True, slots=True)
class GapRecord:
    """A gap as it is kept: a cluster of asked questions by its first one, and whether the content answers it by now.

    `vector` embeds `question` with the embedder `fingerprint` (float32, little-endian). `checked` is the generation it
    was last asked again at; `nearest` are the ids of the documents that came closest then, `answered_in` of those that
    closed it.
    """

    id: str
    tenant: str
    language: str
    question: str
    vector: bytes
    fingerprint: str
    status: GapStatus
    opened_at: datetime
    changed_at: datetime
    checked: int = 0
    nearest: tuple[str, ...] = ()
    answered_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something occurs."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class NearContent:
    """A document that came close, as its reader may know it."""

    document_id: str
    title: str
    link: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap as a channel manager or a partner gets to see it.

    `question` is the wording asked most often and `count` how often all wordings were asked. `partners` is how many
    different partners asked; `tiers` and `regions` count partners. Where fewer partners share a value than the
    installation's minimum they are counted together under "other", and `partners` is 0 where fewer asked at all.
    """

    id: str
    question: str
    language: str
    count: int
    partners: int
    tiers: tuple[Tally, ...]
    regions: tuple[Tally, ...]
    signals: tuple[Tally, ...]
    nearest: tuple[NearContent, ...]
    answered_in: tuple[NearContent, ...]
    wordings: tuple[str, ...]
    first_asked: datetime
    last_asked: datetime
    status: GapStatus
    changed_at: datetime
