from __future__ import annotations

import random

import pytest

from tests.hallucination import ROOT, measured, questions
from tests.scripted_lies import LIES, Source
from tests.scripted_model import Mode, passages

SAMPLES = ROOT / "samples" / "content"


async def test_hardly_anything_that_a_model_makes_up_reaches_the_user() -> None:
    asked = questions(SAMPLES, source="samples", count=30, documents=30)
    counts = await measured(asked, mode=Mode.HALLUCINATING, similarity=None)
    assert sum(n for kind, n in counts.told.items() if kind) > 20, "the model told too few lies to judge by"
    assert len(counts.told) > 4
    assert counts.reached <= 0.03, counts.leaks


async def test_what_a_truthful_model_says_survives() -> None:
    asked = questions(SAMPLES, source="samples", count=30, documents=30)
    counts = await measured(asked, mode=Mode.TRUTHFUL, similarity=None)
    assert counts.told[""] > 80
    assert counts.survived >= 0.95, counts.drops


SOURCE = Source(
    1, "Partners can claim 5 days after the Summit Event.", ("Partners can claim 5 days after the Summit Event.",)
)
OTHER = Source(2, "Invoices are green.", ("Invoices are green.",))


@pytest.mark.parametrize("kind", LIES)
def test_a_lie_differs_from_the_truth_or_cites_another_passage(kind: str) -> None:
    made = LIES[kind](SOURCE.sentences[0], SOURCE, [SOURCE, OTHER], random.Random(1))
    assert made is not None
    assert made != (SOURCE.sentences[0], 1)


def test_the_model_reads_the_passages_of_the_prompt_and_nothing_else() -> None:
    prompt = (
        "[9] Not a passage.\n<passages-ab>\n[1] Title\nFirst things come first in here.\n\n[2] Other\nx\n</passages-ab>"
    )
    assert [(s.number, s.sentences) for s in passages(prompt)] == [(1, ("First things come first in here.",)), (2, ())]
