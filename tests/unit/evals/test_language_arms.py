from __future__ import annotations

import pytest

from assistant.retrieval.retrieve import Question
from evals.language_arms import below, only
from tests.unit.retrieval.world import FILLER, Library


@pytest.mark.parametrize("by_words", [True, False])
async def test_a_retriever_with_one_arm_finds_nothing_by_the_other(*, by_words: bool) -> None:
    library = Library()
    library.put("filler", FILLER)
    library.put("open", ["Every partner may ask which discount it gets on Keep."])
    retriever = only(by_words=by_words)(library.retriever())
    found = await retriever.retrieve(Question("Which discount on Keep?", language="en"))
    assert found.ranking
    assert {(ranked.lexical is not None, ranked.dense is not None) for ranked in found.ranking} == {
        (by_words, not by_words)
    }


def test_only_a_language_that_both_halves_serve_worse_is_named() -> None:
    alone = {("recall_5", "all"): 0.7, ("recall_5", "lang:de"): 0.6, ("recall_5", "lang:fr"): 0.7}
    both = {("recall_5", "all"): 0.6, ("recall_5", "lang:de"): 0.6, ("recall_5", "lang:fr"): 0.65}
    assert below(both, alone) == ["recall_5 lang:fr"]
