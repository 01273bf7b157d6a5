"""Which score tells true sentences from untrue ones, on sentences nothing was chosen on."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from assistant.answering.verification.evidence import Evidence
from assistant.answering.verification.similarity import EmbedderSimilarity
from assistant.testing.embedder import HashEmbedder
from evals.verifier.confirmation import SCORES, confirmed, in_order
from evals.verifier.pair import Grounded, Pair

TRUE = "An approved registration is protected for 90 days from approval."


@pytest.mark.parametrize(
    ("said", "there", "common"),
    [("a b c", "a b c", 3), ("a c", "a b c", 2), ("c b a", "a b c", 1), ("a a", "a", 1), ("", "a", 0), ("a", "", 0)],
)
def test_words_in_order_are_counted_as_the_longest_common_subsequence(said: str, there: str, common: int) -> None:
    assert in_order(said.split(), there.split()) == common


def test_the_table_ranks_edits_and_sentences_of_elsewhere_apart() -> None:
    grounded = Grounded(TRUE, "en", (Evidence(TRUE, "en"),), "policy", "documentation")
    pairs = [
        Pair(grounded, TRUE, "untouched", supported=True),
        Pair(grounded, TRUE.replace("90", "60"), "number", supported=False),
        Pair(grounded, "Bananas ripen in warm rooms within a week.", "invented", supported=False),
    ]
    shown = Console(width=200, file=StringIO())
    with shown.capture() as captured:
        shown.print(confirmed(pairs, EmbedderSimilarity(HashEmbedder())))
    edited, elsewhere = (line for line in captured.get().splitlines() if "documentation" in line)
    assert ("an edit" in edited, " elsewhere " in elsewhere) == (True, True)
    assert [edited.count("1.000"), elsewhere.count("1.000")] == [len(SCORES)] * 2
