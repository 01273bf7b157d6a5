from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.domain.content import Audience, Scope
from assistant.errors import FingerprintMismatch, IndexMissing
from assistant.ports.content_store import IngestedDocument
from assistant.ports.passage_index import Hit, LexicalQuery
from assistant.testing import sample_document
from tests.contract.installations import EMBEDDER, INDEXES, Installation, install

PUBLIC = Scope()
GOLD = Scope(audience=Audience(minimum_tier="gold"))
EVERY_SCOPE = frozenset({PUBLIC.key, GOLD.key})

GUIDE = sample_document(
    "guide",
    ["Register every deal within thirty days.", "Marketing funds are claimed by invoice.", "Escalate conflicts."],
    embedder=EMBEDDER,
    headings=["Deals", "Funds", "Conflicts"],
    title="Partner guide",
)
PRICES = sample_document("prices", ["Gold partners get a discount on every deal."], embedder=EMBEDDER, scope=GOLD)
FILLER = [
    sample_document(f"filler{i:02d}", [f"Paragraph {i} about subject number {i}."], embedder=EMBEDDER)
    for i in range(60)
]


@pytest.fixture(params=INDEXES)
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    with install(request.param, tmp_path, request) as found:
        yield found


def store(installed: Installation, *documents: IngestedDocument) -> int:
    with installed.writer() as writer:
        writer.put_many(documents, source="docs", fingerprint=EMBEDDER.fingerprint)
        return writer.publish()


async def near(
    installed: Installation, text: str, *, scopes: frozenset[str] = EVERY_SCOPE, limit: int = 5
) -> list[Hit]:
    return await installed.index.nearest(await EMBEDDER.embed_query(text), scopes=scopes, limit=limit)


async def match(
    installed: Installation, text: str, *, scopes: frozenset[str] = EVERY_SCOPE, limit: int = 5
) -> list[Hit]:
    return await installed.index.matching(LexicalQuery(text=text, language="en"), scopes=scopes, limit=limit)


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage_id for hit in hits]


async def test_each_arm_finds_the_passage_that_says_it(installed: Installation) -> None:
    store(installed, GUIDE, PRICES, *FILLER)
    nearest = await near(installed, "Marketing funds are claimed by invoice.")
    assert nearest[0].passage_id == "guide#0001"
    assert nearest[0].document_id == "guide"
    assert nearest[0].score == pytest.approx(1.0, abs=1e-5)
    assert ids(await match(installed, "marketing invoice"))[0] == "guide#0001"


async def test_hits_are_ordered_best_first_and_ties_by_passage_id(installed: Installation) -> None:
    twins = [sample_document(f"twin{i}", ["The very same words."], embedder=EMBEDDER) for i in (2, 0, 1)]
    store(installed, GUIDE, *twins, *FILLER)
    for hits in (await near(installed, "the very same words"), await match(installed, "very same words")):
        assert ids(hits)[:3] == ["twin0#0000", "twin1#0000", "twin2#0000"]
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


async def test_no_more_hits_than_asked_for(installed: Installation) -> None:
    store(installed, GUIDE, *FILLER)
    assert len(await near(installed, "paragraph", limit=7)) == 7
    assert len(await match(installed, "paragraph", limit=7)) == 7
    assert await near(installed, "paragraph", limit=0) == []
    assert len(await near(installed, "paragraph", limit=1000)) == 63


async def test_a_passage_outside_the_allowed_scopes_is_never_found(installed: Installation) -> None:
    store(installed, GUIDE, PRICES, *FILLER)
    public, gold = frozenset({PUBLIC.key}), frozenset({GOLD.key})
    question = "Gold partners get a discount on every deal."
    assert "prices#0000" not in ids(await near(installed, question, scopes=public, limit=100))
    assert "prices#0000" not in ids(await match(installed, question, scopes=public, limit=100))
    assert ids(await near(installed, question, scopes=gold, limit=100)) == ["prices#0000"]
    assert ids(await match(installed, question, scopes=gold, limit=100)) == ["prices#0000"]


async def test_an_empty_or_foreign_set_of_scopes_finds_nothing(installed: Installation) -> None:
    store(installed, GUIDE, PRICES)
    for scopes in (frozenset[str](), frozenset({"0123456789abcdef"})):
        assert await near(installed, "deal", scopes=scopes) == []
        assert await match(installed, "deal", scopes=scopes) == []


async def test_a_tightened_audience_counts_from_the_moment_it_is_published(installed: Installation) -> None:
    store(installed, GUIDE, *FILLER)
    public = frozenset({PUBLIC.key})
    assert "guide#0000" in ids(await near(installed, "register deal", scopes=public))
    texts = [passage.text for passage in GUIDE.passages]
    store(installed, sample_document("guide", texts, embedder=EMBEDDER, scope=GOLD))
    assert "guide" not in {hit.document_id for hit in await near(installed, "register deal", scopes=public, limit=99)}
    assert "guide" not in {hit.document_id for hit in await match(installed, "register deal", scopes=public, limit=99)}
    assert ids(await near(installed, "register deal", scopes=frozenset({GOLD.key})))[0] == "guide#0000"


async def test_removed_and_replaced_passages_are_not_found(installed: Installation) -> None:
    store(installed, GUIDE, PRICES, *FILLER)
    with installed.writer() as writer:
        writer.remove(["prices"])
        changed = sample_document("guide", ["Escalate conflicts.", "Quarterly reviews."], embedder=EMBEDDER)
        writer.put(changed, source="docs", fingerprint=EMBEDDER.fingerprint)
        writer.publish()
    found = ids(await near(installed, "deal", limit=100))
    assert "prices#0000" not in found
    assert "guide#0002" not in found
    assert ids(await match(installed, "invoice discount thirty", limit=100)) == []
    assert ids(await match(installed, "quarterly reviews"))[0] == "guide#0001"
    assert len(found) == len(set(found)) == 62


async def test_nothing_of_a_run_is_searched_before_it_is_published(installed: Installation) -> None:
    store(installed, GUIDE, *FILLER)
    with installed.writer() as writer:
        writer.put(PRICES, source="docs", fingerprint=EMBEDDER.fingerprint)
        writer.remove(["guide"])
        assert ids(await match(installed, "invoice"))[0] == "guide#0001"
        assert await match(installed, "discount") == []
        writer.publish()
    assert await match(installed, "invoice") == []
    assert ids(await match(installed, "discount")) == ["prices#0000"]


async def test_the_generation_grows_with_what_is_published(installed: Installation) -> None:
    assert await installed.index.generation() == 0
    store(installed, GUIDE)
    assert await installed.index.generation() == 1
    store(installed, PRICES)
    assert await installed.index.generation() == 2


async def test_before_the_first_ingest_a_search_says_that_there_is_no_content(installed: Installation) -> None:
    with pytest.raises(IndexMissing):
        await near(installed, "deal")
    with pytest.raises(IndexMissing):
        await match(installed, "deal")


async def test_an_index_of_another_embedder_is_refused(installed: Installation) -> None:
    store(installed, GUIDE)
    with pytest.raises(FingerprintMismatch, match=EMBEDDER.fingerprint):
        await installed.other_embedder.nearest(GUIDE.vectors[0], scopes=EVERY_SCOPE, limit=3)


async def test_content_that_was_all_removed_finds_nothing(installed: Installation) -> None:
    store(installed, GUIDE)
    with installed.writer() as writer:
        writer.remove(["guide"])
        assert writer.publish() == 2
    assert await near(installed, "deal") == []
    assert await match(installed, "deal") == []


async def test_a_question_without_words_matches_nothing(installed: Installation) -> None:
    store(installed, GUIDE)
    assert await match(installed, "") == []
    assert await match(installed, "?! …") == []


async def test_the_words_of_title_and_headings_find_a_passage_too(installed: Installation) -> None:
    titled = sample_document("titled", ["Nothing to see."], embedder=EMBEDDER, title="Certification")
    headed = sample_document("headed", ["Nothing here."], embedder=EMBEDDER, headings=["Recertification exams"])
    store(installed, titled, headed, *FILLER)
    assert ids(await match(installed, "certification")) == ["titled#0000"]
    assert ids(await match(installed, "exams")) == ["headed#0000"]


async def test_an_expansion_finds_other_words_with_its_weight(installed: Installation) -> None:
    store(installed, GUIDE, *FILLER)
    plain = LexicalQuery(text="mdf", language="en")
    wide = LexicalQuery(text="mdf", language="en", expansions={"marketing funds": 0.5})
    wider = LexicalQuery(text="mdf", language="en", expansions={"marketing funds": 1.0})
    assert await installed.index.matching(plain, scopes=EVERY_SCOPE, limit=5) == []
    (half,) = await installed.index.matching(wide, scopes=EVERY_SCOPE, limit=5)
    (full,) = await installed.index.matching(wider, scopes=EVERY_SCOPE, limit=5)
    assert half.passage_id == "guide#0001"
    assert half.score == pytest.approx(full.score / 2, rel=1e-4)


async def test_a_word_is_rarer_the_fewer_passages_say_it(installed: Installation) -> None:
    store(installed, GUIDE, *FILLER)
    rare = await installed.index.rarity(["paragraph", "Marketing", "unheard"], language="en")
    assert 0 < rare["paragraph"] < rare["Marketing"] < rare["unheard"]
    assert rare["paragraph"] == pytest.approx(math.log(1 + 3.5 / 60.5))
    assert await installed.index.rarity(["paragraph"], language="de") == {}
    assert await installed.index.rarity(["?!"], language="en-GB") == {}


async def test_a_word_is_as_rare_as_the_newest_content_has_it(installed: Installation) -> None:
    store(installed, *FILLER)
    before = await installed.index.rarity(["invoice"], language="en")
    store(installed, GUIDE)
    after = await installed.index.rarity(["invoice"], language="en")
    assert before["invoice"] == pytest.approx(math.log(1 + 60.5 / 0.5))
    assert after["invoice"] == pytest.approx(math.log(1 + 62.5 / 1.5))
