from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from assistant.domain.content import Audience, Scope
from assistant.domain.people import ANONYMOUS, Requester
from assistant.errors import FingerprintMismatch, IndexMissing
from assistant.ports.embedder import QuestionVectors, Vector, WordWeights
from assistant.ports.passage_index import Hit, ScopeKeys
from assistant.retrieval.retrieve import (
    BUDGET_TOKENS,
    CANDIDATES,
    LEXICAL_FULL,
    LEXICAL_WEIGHT,
    Question,
    Retrieved,
    Retriever,
)
from assistant.testing import HashEmbedder, MemoryContent, MemoryPassageIndex, WordLexicon
from tests.unit.retrieval.world import FILLER, GOLD, SILVER, Library, Noon

ASKED = "What discount do partners get on Keep?"
GOLD_ONLY = Scope(audience=Audience(minimum_tier="gold"))
PAST = Scope(valid_until=date(2026, 11, 15))
FUTURE = Scope(valid_from=date(2026, 11, 17))
ACME_ONLY = Scope(audience=Audience(partner_ids=frozenset({"acme"})))


class Recording(MemoryPassageIndex):
    """An index that keeps the vectors it is asked with."""

    def __init__(self, content: MemoryContent, *, fingerprint: str) -> None:
        super().__init__(content, fingerprint=fingerprint)
        self.asked: list[Vector] = []

    async def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        self.asked.append(vector)
        return await super().nearest(vector, scopes=scopes, limit=limit)


class Unweighing(HashEmbedder):
    """An embedder that must not be asked to weigh words."""

    async def embed_weighed(self, text: str, weights: WordWeights) -> QuestionVectors:
        assert not weights
        return await super().embed_weighed(text, weights)


@pytest.fixture
def library() -> Library:
    made = Library()
    made.put("filler", FILLER)
    made.put("open", ["Every partner may ask which discount it gets on Keep."])
    made.put("gold", ["Gold partners get a discount of 36 percent on Keep."], scope=GOLD_ONLY)
    made.put("acme", ["Acme partners get a private discount of 44 percent on Keep."], scope=ACME_ONLY)
    made.put("past", ["Partners got a discount of 51 percent on Keep."], scope=PAST)
    made.put("future", ["Partners will get a discount of 62 percent on Keep."], scope=FUTURE)
    return made


async def found(retriever: Retriever, who: Requester = ANONYMOUS, text: str = ASKED) -> Retrieved:
    return await retriever.retrieve(Question(text, requester=who, language="en"))


def names(retrieved: Retrieved) -> set[str]:
    everything = [*retrieved.ranking, *retrieved.passages]
    return {r.passage.document_id for r in everything} | set(retrieved.documents)


@pytest.mark.parametrize("lying", [False, True], ids=["an honest index", "an index that ignores its filter"])
@pytest.mark.parametrize(
    ("who", "allowed"),
    [(ANONYMOUS, {"open"}), (SILVER, {"open"}), (GOLD, {"open", "gold", "acme"})],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_only_current_content_for_the_asker_is_found(
    library: Library, who: Requester, allowed: set[str], *, lying: bool
) -> None:
    assert names(await found(library.retriever(lying=lying), who)) - {"filler"} == allowed


async def test_the_best_match_comes_first_and_every_score_is_told(library: Library) -> None:
    retrieved = await found(library.retriever(), GOLD, "discount of 36 percent for Gold partners on Keep")
    best = retrieved.ranking[0]
    assert best.passage.document_id == "gold"
    assert best.dense is not None
    assert best.lexical is not None
    assert [r.fused for r in retrieved.ranking] == sorted((r.fused for r in retrieved.ranking), reverse=True)
    assert retrieved.searched == 4
    assert retrieved.generation == 6


@pytest.mark.parametrize(("passages", "weak"), [(CANDIDATES, True), (CANDIDATES - 2, False)])
async def test_where_the_words_match_weakly_the_vector_has_what_few_passages_say(passages: int, *, weak: bool) -> None:
    library = Library()
    library.put("alike", ["Every partner reads the chapter again."] * passages)
    library.put("badge", ["Badge."])
    whole = library.retriever()
    index = Recording(library.content, fingerprint=library.embedder.fingerprint)
    await found(replace(whole, index=index), text="Every partner reads badge")
    badge = await library.embedder.embed_query("badge")
    plain, *weighed = [float(vector @ badge) for vector in index.asked]
    assert plain < 0.75
    assert len(weighed) == int(weak)
    assert all(nearness > 0.95 for nearness in weighed)


async def test_the_cosine_that_is_told_is_that_of_the_question_as_it_stands(library: Library) -> None:
    retrieved = await found(library.retriever(), GOLD)
    vectors = await library.content.vectors([ranked.passage.id for ranked in retrieved.ranking])
    plain = vectors @ await library.embedder.embed_query(ASKED)
    assert [ranked.dense for ranked in retrieved.ranking] == pytest.approx(plain.tolist(), abs=1e-6)


async def test_a_question_in_another_language_is_searched_with_its_words_alike(library: Library) -> None:
    lexicon = WordLexicon("de", {"rabatt": "discount"})
    retriever = replace(library.retriever(), lexicon=lexicon, embedder=Unweighing())
    retrieved = await retriever.retrieve(Question("Rabatt Keep", language="de"))
    assert retrieved.english is not None
    assert retrieved.ranking


async def test_content_restricted_after_it_was_indexed_is_gone_at_once(library: Library) -> None:
    assert "open" in names(await found(library.retriever(), SILVER))
    library.put("open", ["Every partner may ask which discount it gets on Keep."], scope=GOLD_ONLY)
    for lying in (False, True):
        assert "open" not in names(await found(library.retriever(lying=lying), SILVER))
    assert "open" in names(await found(library.retriever(), GOLD))


async def test_expired_content_is_found_only_when_it_is_asked_for(library: Library) -> None:
    question = Question(ASKED, language="en")
    for lying in (False, True):
        retrieved = await library.retriever(lying=lying).retrieve_expired(question)
        assert names(retrieved) == {"past"}


@pytest.mark.parametrize("lying", [False, True], ids=["honest", "lying"])
async def test_the_newest_version_in_force_answers(library: Library, *, lying: bool) -> None:
    library.put("guide-9", ["Deals are protected for 60 days."], series="guide", version="2026.9")
    library.put("guide-10", ["Deals are protected for 90 days."], series="guide", version="2026.10")
    library.put("leitfaden", ["Deals sind 60 Tage geschützt."], series="guide", version="2026.9", language="de")
    library.put("guide-11", ["Deals are protected for 99 days."], series="guide", version="2026.11", scope=FUTURE)
    seen = names(await found(library.retriever(lying=lying), text="For how many days are deals protected?"))
    assert {n for n in seen if n.startswith(("guide", "leit"))} == {"guide-10"}


async def test_a_newer_version_for_others_hides_nothing_from_those_who_cannot_see_it(library: Library) -> None:
    library.put("rules", ["Deals are protected for 60 days."], series="rules", version="1")
    library.put("gold rules", ["Deals are protected for 90 days."], series="rules", version="2", scope=GOLD_ONLY)
    text = "For how many days are deals protected?"
    assert names(await found(library.retriever(), SILVER, text)) & {"rules", "gold rules"} == {"rules"}
    assert names(await found(library.retriever(), GOLD, text)) & {"rules", "gold rules"} == {"gold rules"}


class Backwards:
    """Prefers what says "brand"."""

    async def score(self, question: str, passages: Sequence[str]) -> list[float]:
        return [float("brand" in passage) for passage in passages]


async def test_a_reranker_decides_the_order_of_the_head(library: Library) -> None:
    plain = await found(library.retriever())
    reranked = await found(library.retriever(reranker=Backwards()))
    assert plain.ranking[0].passage.text != FILLER[0]
    assert reranked.ranking[0].passage.text == FILLER[0]
    rest = [r.passage.id for r in plain.ranking if r.passage.text != FILLER[0]]
    assert [r.passage.id for r in reranked.ranking[1:]] == rest


async def test_neighbours_are_joined_word_for_word_and_repeats_left_out(library: Library) -> None:
    library.put("twin", ["Every partner may ask which discount it gets on Keep."])
    library.put(
        "steps", ["To claim a rebate, open the portal.", "Then a rebate claim is signed.", "Rebate claims close."]
    )
    retrieved = await found(library.retriever(), text="How do I claim a rebate?")
    stored = await library.content.text("steps")
    whole = next(r.passage for r in retrieved.passages if r.passage.document_id == "steps")
    assert whole.text == stored == stored[whole.start : whole.end]
    ranking = await found(library.retriever())
    assert len({r.passage.document_id for r in ranking.ranking} & {"open", "twin"}) == 1


async def test_what_is_read_fits_the_budget(library: Library) -> None:
    for n in range(30):
        library.put(f"long {n}", [f"discount on Keep number {n} " + f"word{n} " * 190])
    retrieved = await found(library.retriever())
    assert sum(r.passage.tokens for r in retrieved.passages) <= BUDGET_TOKENS
    assert len(retrieved.ranking) > len(retrieved.passages) > 3


async def test_the_language_is_detected_or_given(library: Library) -> None:
    retriever = library.retriever()
    detected = await retriever.retrieve(Question("Welchen Rabatt bekommen Partner auf Keep?"))
    given = await retriever.retrieve(Question("Welchen Rabatt bekommen Partner auf Keep?", language="fr"))
    assert (detected.language, given.language) == ("de", "fr")


async def test_somebody_who_may_see_nothing_finds_nothing() -> None:
    library = Library()
    library.put("gold", ["Gold partners get a discount."], scope=GOLD_ONLY)
    retrieved = await found(library.retriever(lying=True))
    assert (retrieved.passages, retrieved.ranking, retrieved.documents, retrieved.searched) == ((), (), {}, 0)


async def test_asking_before_the_first_ingest_or_with_another_embedder_is_refused(library: Library) -> None:
    with pytest.raises(IndexMissing):
        await found(Library().retriever())
    other = HashEmbedder(dimension=32)
    index = MemoryPassageIndex(library.content, fingerprint=other.fingerprint)
    with pytest.raises(FingerprintMismatch):
        await found(Retriever(store=library.content, index=index, embedder=other, clock=Noon()))


GERMAN = WordLexicon("de", {"Rabatt": "discount", "bekommen": "get"})


async def test_a_question_in_another_language_finds_english_content_by_its_words(library: Library) -> None:
    question = Question("Welchen Rabatt bekommen wir?", requester=GOLD, language="de")
    without = await library.retriever().retrieve(question)
    found_now = await replace(library.retriever(), lexicon=GERMAN).retrieve(question)
    assert not any(r.lexical for r in without.ranking)
    assert found_now.ranking[0].lexical
    assert names(found_now) - {"filler"} == {"open", "gold", "acme"}
    assert found_now.language == "de"


async def test_an_english_question_is_answered_as_if_there_were_no_lexicon(library: Library) -> None:
    retriever = library.retriever()
    assert await found(replace(retriever, lexicon=GERMAN), GOLD) == await found(retriever, GOLD)


@pytest.mark.parametrize(("passages", "many"), [(CANDIDATES + 20, True), (CANDIDATES // 2, False)])
async def test_a_weak_match_of_words_counts_less_among_many_passages_and_in_full_among_few(
    passages: int, *, many: bool
) -> None:
    library = Library()
    library.put("alike", ["Every partner reads the chapter again."] * passages)
    best = (await found(library.retriever(), text="Which partner reads it?")).ranking[0]
    assert best.lexical is not None
    says = best.lexical / LEXICAL_FULL if many else 1.0
    assert best.fused == pytest.approx(1 + LEXICAL_WEIGHT * says)  # all passages score alike, 1 in each arm
