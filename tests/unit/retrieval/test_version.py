from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.content import Audience, Document, Scope
from assistant.retrieval.version import superseded


def doc(name: str, version: str = "", *, series: str = "guide", language: str = "en", since: str = "") -> Document:
    return Document(
        id=name,
        uri=f"memory://{name}",
        path=name,
        title=name,
        language=language,
        content_hash="",
        version=version,
        series=series,
        scope=Scope(valid_from=date.fromisoformat(since) if since else None),
    )


def replaced(*documents: Document) -> set[str]:
    return set(superseded(documents, frozenset(d.scope.key for d in documents)))


@pytest.mark.parametrize(
    ("older", "newer"),
    [("2025", "2026"), ("2026.9", "2026.10"), ("v9.2", "v10.0"), ("2026-09", "2026-10"), ("1", "1.1"), ("", "1")],
)
def test_the_newest_version_replaces_the_older_ones(older: str, newer: str) -> None:
    assert replaced(doc("old", older), doc("new", newer)) == {"old"}


@pytest.mark.parametrize(("one", "other"), [("2026", "2026"), ("v2", "2.0"), ("", ""), ("Version 3", "3")])
def test_equal_versions_stand_side_by_side(one: str, other: str) -> None:
    assert replaced(doc("one", one), doc("other", other, language="de")) == set()


def test_a_stale_translation_never_beats_a_newer_original() -> None:
    assert replaced(doc("en", "2026"), doc("de", "2025", language="de"), doc("fr", "2026", language="fr")) == {"de"}


def test_without_versions_the_one_that_came_into_force_last_answers() -> None:
    assert replaced(doc("old", since="2025-01-01"), doc("new", since="2026-01-01")) == {"old"}


def test_a_version_outside_the_allowed_scopes_replaces_nothing() -> None:
    future = doc("future", "2027", since="2027-01-01")
    current = doc("current", "2026")
    assert superseded([future, current], frozenset({current.scope.key})) == frozenset()


def test_a_version_for_others_replaces_nothing() -> None:
    secret = Document(
        id="secret",
        uri="u",
        path="p",
        title="t",
        language="en",
        content_hash="",
        version="9",
        series="guide",
        scope=Scope(audience=Audience(partner_ids=frozenset({"acme"}))),
    )
    mine = doc("mine", "1")
    assert superseded([secret, mine], frozenset({mine.scope.key})) == frozenset()


def test_series_do_not_mix_and_documents_without_one_stand_alone() -> None:
    documents = (
        doc("a", "1", series="x"),
        doc("b", "2", series="y"),
        doc("c", "1", series=""),
        doc("d", "2", series=""),
    )
    assert replaced(*documents) == set()


VERSIONS = st.lists(st.sampled_from(["", "1", "2", "2.0", "2.1", "10", "2026.9", "2026.10", "draft"]), max_size=8)


@given(VERSIONS)
def test_something_always_remains_and_order_does_not_matter(versions: list[str]) -> None:
    documents = [doc(str(n), version) for n, version in enumerate(versions)]
    gone = replaced(*documents)
    assert len(gone) < len(documents) or not documents
    assert gone == replaced(*reversed(documents))
    kept = [d for d in documents if d.id not in gone]
    assert replaced(*kept) == set()
