from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.content import Locator, Passage
from assistant.retrieval.selection import Ranked, broken, joined, within_budget, without_repeats

TEXT = "\n\n".join(f"Paragraph {n} about partner deals." for n in range(12))


def passages(text: str = TEXT, *, document: str = "d", heading: str = "H") -> list[Passage]:
    found, at = [], 0
    for ordinal, part in enumerate(text.split("\n\n")):
        line = str(2 * ordinal + 1)
        found.append(
            Passage(
                id=f"{document}#{ordinal}",
                document_id=document,
                ordinal=ordinal,
                heading_path=(heading,),
                text=part,
                start=at,
                end=at + len(part),
                locator=Locator("line", line, line),
                language="en",
                scope_key="k",
                tokens=10,
            )
        )
        at += len(part) + 2
    return found


def ranked(*found: Passage) -> list[Ranked]:
    return [Ranked(p, fused=10.0 - n) for n, p in enumerate(found)]


@settings(max_examples=60)
@given(st.permutations(range(12)), st.integers(1, 12))
def test_joined_passages_are_verbatim_and_none_is_lost(order: list[int], count: int) -> None:
    every = passages()
    chosen = ranked(*(every[i] for i in order[:count]))
    texts = dict.fromkeys(broken(chosen), TEXT)
    made = joined(chosen, texts)
    for one in made:
        assert one.passage.text == TEXT[one.passage.start : one.passage.end]
        assert f"{one.passage.locator}".endswith(str(2 * (TEXT[: one.passage.end].count("\n") // 2) + 1))
    assert sum(r.passage.tokens for r in made) == 10 * count
    assert all(any(m.passage.start <= c.passage.start and c.passage.end <= m.passage.end for m in made) for c in chosen)
    runs = sum(1 for i in order[:count] if i - 1 not in order[:count])
    assert len(made) == runs


@settings(max_examples=30)
@given(st.permutations(range(12)))
def test_a_joined_passage_stands_where_its_best_part_stood(order: list[int]) -> None:
    every = passages()
    made = joined(ranked(*(every[i] for i in order)), {"d": TEXT})
    assert [(m.passage.id, m.fused, m.passage.text) for m in made] == [(f"d#{order[0]}", 10.0, TEXT)]


def test_passages_of_other_documents_or_headings_are_not_joined() -> None:
    one, other = passages()[:2]
    elsewhere = passages(document="e")[1]
    assert joined(ranked(one, elsewhere), {}) == ranked(one, elsewhere)
    another = passages(heading="X")[1]
    assert joined(ranked(one, another), {}) == ranked(one, another)
    assert broken(ranked(one, elsewhere)) == frozenset()
    assert broken(ranked(one, other)) == {"d"}


def test_the_best_passage_is_always_read_and_the_rest_while_tokens_last() -> None:
    every = ranked(*passages())
    assert within_budget(every, 5) == every[:1]
    assert within_budget(every, 35) == every[:3]
    assert within_budget(every, 1000) == every
    assert within_budget([], 10) == []


def test_a_passage_that_says_the_same_as_a_better_one_is_left_out() -> None:
    text = "Gold partners get 36 percent off list.\n\nGold Partners get 36 percent off list.\n\nSilver partners get 20."
    found = ranked(*passages(text))
    same = np.array([[1, 0], [0.999, 0.0447], [0, 1]], dtype=np.float32)
    assert without_repeats(found, same) == [found[0], found[2]]


def test_near_vectors_with_other_words_and_same_words_with_far_vectors_both_stay() -> None:
    other = ranked(*passages("Gold partners get 36 percent.\n\nGold partners get 20 percent."))
    close = np.array([[1, 0], [0.999, 0.0447]], dtype=np.float32)
    assert without_repeats(other, close) == other
    same = ranked(*passages("Same words.\n\nSame words."))
    assert without_repeats(same, np.eye(2, dtype=np.float32)) == same


def test_an_empty_ranking_has_no_repeats() -> None:
    assert without_repeats([], np.empty((0, 0), dtype=np.float32)) == []


def test_a_slide_and_its_notes_stay_apart_because_they_are_cited_apart() -> None:
    slide, notes = passages()[:2]
    slide = replace(slide, locator=Locator("slide", "4", "4"))
    notes = replace(notes, locator=Locator("slide", "4", "4", part="notes"))
    ranked = [Ranked(slide, fused=2.0), Ranked(notes, fused=1.0)]
    assert joined(ranked, {"d": TEXT}) == ranked
    assert broken(ranked) == frozenset()
