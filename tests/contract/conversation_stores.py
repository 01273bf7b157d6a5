"""Every adapter of the conversation and gap ports, and something to put into them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.domain.answer import Answer, AnswerSentence, AnswerStatus, DeclineReason, ModelUse
from assistant.domain.content import Citation, Locator
from assistant.domain.conversation import Background, NewTurn, Resolution, Understanding, view_of
from assistant.domain.people import Requester, Role
from assistant.ports.gap_store import GapStore
from assistant.ports.thread_store import ThreadStore
from assistant.testing import MemoryGaps, MemoryThreads
from integrations.records.conversations import open_conversations
from tests.servers import fresh_database

STORES = ("memory", "sqlite", "postgres")
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
LENA = Requester("lena", role=Role.PARTNER, partner_id="acme", tier="gold", regions=frozenset({"DE"}), locale="de")
TIM = Requester("tim", role=Role.PARTNER, partner_id="acme", tier="gold", regions=frozenset({"DE"}), locale="de")
ZOE = Requester("zoe", role=Role.PARTNER, partner_id="acme", tier="gold", regions=frozenset({"FR"}), locale="fr")
DANA = Requester("dana", role=Role.PARTNER, partner_id="brightpath", tier="silver", regions=frozenset({"US"}))
LENA_ELSEWHERE = Requester("lena", role=Role.PARTNER, partner_id="acme", tier="gold", tenant="other")
VISITOR = Requester("session-1")


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of one installation."""

    threads: ThreadStore
    gaps: GapStore


@contextmanager
def stores(name: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Fresh stores of one row of STORES."""
    if name == "memory":
        yield Stores(MemoryThreads(), MemoryGaps())
    elif name == "sqlite":
        with _opened(folder) as found:
            yield found
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url, _opened(folder, url) as found:
            yield found


@contextmanager
def _opened(folder: Path, url: str = "") -> Iterator[Stores]:
    kept = open_conversations(folder, url=url)
    yield Stores(kept.threads, kept.gaps)
    kept.close()


def citation(document_id: str) -> Citation:
    """A citation of a document."""
    return Citation(
        document_id=document_id,
        passage_id=f"{document_id}#0001",
        title="Deal Registration Policy",
        heading_path=("Protection",),
        locator=Locator(unit="line", start="3", end="4"),
        link=f"memory://{document_id}",
        quote="Protected for 90 days.",
        start=10,
        end=32,
    )


def new_turn(question: str, *, requester: Requester = LENA, documents: tuple[str, ...] = ("policy",)) -> NewTurn:
    """A turn whose answer cites these documents; without any it is declined."""
    answer = Answer(
        question=question,
        status=AnswerStatus.ANSWERED if documents else AnswerStatus.DECLINED,
        text="Protected for 90 days. [1]",
        language="en",
        sentences=(AnswerSentence("Protected for 90 days.", (1,)),),
        citations=tuple(citation(each) for each in documents),
        reason=None if documents else DeclineReason.NO_CONTENT,
        confidence=0.8,
        generation=7,
        use=ModelUse("m", calls=1, input_tokens=10, output_tokens=2, cost=Decimal("0.0012"), currency="USD"),
        id="a1",
    )
    said = (Background("How long is a deal protected?", 0.5),)
    resolution = Resolution(
        asked=question,
        text=f"{question}!",
        understanding=Understanding.CONTINUED,
        language="en",
        background=said,
        used=(1,),
    )
    return NewTurn(resolution=resolution, answer=answer, at=NOON, view=view_of(requester))
