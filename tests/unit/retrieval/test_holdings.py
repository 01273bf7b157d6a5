from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.content import Audience, Document, Scope
from assistant.domain.people import ANONYMOUS, Requester
from assistant.ports.content_store import Catalog
from assistant.retrieval.holdings import MOST_STANDINGS, Holdings, Shelf
from assistant.retrieval.retrieve import Question, Retriever
from assistant.retrieval.version import superseded
from tests.unit.retrieval.world import FILLER, GOLD, SILVER, Library

ASKED = "What discount do partners get on Keep?"
SCOPES = [
    Scope(),
    Scope(audience=Audience(minimum_tier="gold")),
    Scope(audience=Audience(regions=frozenset({"DE"}))),
    Scope(valid_until=date(2026, 11, 16)),
]


@dataclass
class Calendar:
    """A clock whose day a test turns over."""

    day: date = date(2026, 11, 16)

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)


async def found(retriever: Retriever, who: Requester = ANONYMOUS) -> set[str]:
    retrieved = await retriever.retrieve(Question(ASKED, requester=who, language="en"))
    assert retrieved.searched == len({"filler"} | set(retrieved.documents))
    return set(retrieved.documents) - {"filler"}


def library(*, scope: Scope | None = None) -> Library:
    made = Library()
    made.put("filler", FILLER)
    made.put("guide", ["Partners get a discount of 36 percent on Keep."], scope=scope or Scope(), series="guide")
    return made


async def test_a_tightened_audience_is_seen_by_the_next_question_of_the_same_retriever() -> None:
    made = library()
    retriever = made.retriever()
    assert await found(retriever, SILVER) == {"guide"}
    made.put("guide", ["Partners get a discount of 36 percent on Keep."], scope=SCOPES[1], series="guide")
    assert await found(retriever, SILVER) == set()
    assert await found(retriever, GOLD) == {"guide"}


async def test_a_newer_version_takes_over_with_the_run_that_brings_it() -> None:
    made = library()
    retriever = made.retriever()
    assert await found(retriever) == {"guide"}
    made.put("newer", ["Partners get a discount of 40 percent on Keep."], version="2027", series="guide")
    assert await found(retriever) == {"newer"}


async def test_content_ends_with_its_last_day_though_nothing_was_ingested_since() -> None:
    made, calendar = library(scope=SCOPES[3]), Calendar()
    retriever = replace(made.retriever(), clock=calendar)
    assert await found(retriever) == {"guide"}
    calendar.day = date(2026, 11, 17)
    assert await found(retriever) == set()


async def test_a_version_takes_over_on_the_day_it_comes_into_force() -> None:
    made, calendar = library(), Calendar()
    coming = Scope(valid_from=date(2026, 11, 17))
    made.put("coming", ["Partners get a discount of 40 percent on Keep."], version="2027", series="guide", scope=coming)
    retriever = replace(made.retriever(), clock=calendar)
    assert await found(retriever) == {"guide"}
    calendar.day = date(2026, 11, 17)
    assert await found(retriever) == {"coming"}


async def test_people_who_ask_in_turn_never_get_what_the_other_may_see() -> None:
    made = library(scope=SCOPES[1])
    retriever = made.retriever()
    for _ in range(2):
        assert await found(retriever, GOLD) == {"guide"}
        assert await found(retriever, SILVER) == set()
        assert await found(retriever) == set()


DOCUMENTS = st.builds(
    Document,
    id=st.uuids().map(str),
    uri=st.just("u"),
    path=st.just("p"),
    title=st.just("t"),
    language=st.just("en"),
    content_hash=st.just(""),
    scope=st.sampled_from(SCOPES),
    version=st.sampled_from(["", "1", "2", "2.1"]),
    series=st.sampled_from(["", "guide", "price"]),
)
KEYS = st.frozensets(st.sampled_from([*(scope.key for scope in SCOPES), "unknown"]))


@given(st.lists(DOCUMENTS, max_size=12), st.lists(KEYS, max_size=6))
def test_a_standing_is_what_the_documents_themselves_say_in_whatever_order_it_is_asked_for(
    documents: list[Document], asked: list[frozenset[str]]
) -> None:
    held = Holdings(Catalog(generation=1, documents=tuple(documents)))
    for allowed in [*asked, *asked]:
        standing = held.standing(allowed)
        replaced = superseded(documents, allowed)
        assert standing.replaced == replaced
        assert standing.searched == sum(d.scope.key in allowed and d.id not in replaced for d in documents)


def test_many_different_people_do_not_fill_the_memory() -> None:
    held = Holdings(Catalog(generation=1, documents=()))
    for number in range(3 * MOST_STANDINGS):
        held.standing(frozenset({str(number)}))
    assert len(held._standings) <= MOST_STANDINGS


def test_a_shelf_keeps_one_catalog_and_tells_equal_ones_apart() -> None:
    shelf, one, other = Shelf(), Catalog(1, ()), Catalog(1, ())
    assert shelf.holdings(one) is shelf.holdings(one)
    assert shelf.holdings(other).catalog is other
