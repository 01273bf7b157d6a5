"""`grounding@3` tells responses that rest on their passages from others; its weights stay those that were frozen."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

import pytest

from assistant.answering.verification.evidence import Evidence
from assistant.answering.verification.similarity import EmbedderSimilarity
from assistant.testing.embedder import HashEmbedder
from evals.verifier.composing import EDIT, SWAP, TRUE, Composed, Composer
from evals.verifier.edits import Pool
from evals.verifier.fitting import Seen, fitted
from evals.verifier.grounding import FROZEN, WEIGHTS, Grounding, Signs
from evals.verifier.ratings import ratings
from evals.verifier.responses import Response

PASSAGES = [
    "An approved registration is protected for 90 days. The partner must log a meeting within 30 days of approval.",
    "Quotes are valid for 30 days in Germany. Price increases are announced 60 days ahead by the pricing team.",
    "Travel is not funded by Skerrow. Funds expire 180 days after they were credited to the partner account.",
]
EVIDENCE = [(Evidence(text, "en"),) for text in PASSAGES]


@pytest.fixture(scope="module")
def similarity() -> EmbedderSimilarity:
    return EmbedderSimilarity(HashEmbedder())


def responses() -> list[Response]:
    return [
        Response(tuple(f"{part.rstrip('.')}." for part in text.split(". ")), evidence, str(number), "mtrag passages")
        for number, (text, evidence) in enumerate(zip(PASSAGES, EVIDENCE, strict=True))
    ]


def test_the_weights_are_those_that_were_frozen() -> None:
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() == FROZEN


@pytest.mark.parametrize(
    "untrue",
    [
        PASSAGES[0].replace("90", "60"),
        PASSAGES[0].replace("must", "must not"),
        f"{PASSAGES[0]} Bananas ripen in warm rooms.",
        PASSAGES[1],
    ],
)
def test_what_the_passages_do_not_say_scores_below_what_they_say(untrue: str, similarity: EmbedderSimilarity) -> None:
    grounding = Grounding(similarity)
    assert grounding.score(untrue, EVIDENCE[0]) < grounding.score(PASSAGES[0], EVIDENCE[0]) - 0.05


def test_who_says_that_they_do_not_know_claims_nothing(similarity: EmbedderSimilarity) -> None:
    grounding = Grounding(similarity)
    assert grounding.score("I'm sorry, I have no information about refunds. Do you mean deposits?", EVIDENCE[0]) == 1.0
    assert grounding.score("Refunds take nine weeks.", EVIDENCE[0]) < 0.5
    assert grounding.score("Refunds take nine weeks.", ()) < 0.5


def test_a_sentence_counts_by_its_content(similarity: EmbedderSimilarity) -> None:
    good, bad = Signs(1.0, 1.0, 0.0, 0.0), Signs(0.0, 0.0, 1.0, 0.0)
    grounding = Grounding(similarity)
    assert grounding.score_of([(good, 9), (bad, 1)]) > grounding.score_of([(good, 1), (bad, 9)])


def test_composed_responses_know_which_of_their_sentences_are_untrue(similarity: EmbedderSimilarity) -> None:
    composer = Composer(responses(), similarity, random.Random(1), Pool(["Contoso"], []))
    made = [version for response in responses() for version in composer.versions(response)]
    assert {version.made for version in made} == {TRUE, EDIT, SWAP}
    for version in made:
        assert version.true == (version.made == TRUE)
        for sentence, supported in zip(version.sentences, version.supported, strict=True):
            if version.made == SWAP and not supported:
                assert not any(sentence in each.text for each in version.base.evidence)
            if version.made == EDIT and not supported:
                assert not any(sentence in text for text in PASSAGES)


def test_the_ratings_table_tells_what_each_score_makes_of_the_responses(
    tmp_path: Path, similarity: EmbedderSimilarity
) -> None:
    responses = [(PASSAGES[0], 4), (PASSAGES[0].replace("90", "60"), 1)]
    data = {
        "documents": [{"document_id": "d", "text": PASSAGES[0], "title": ""}],
        "tasks": [{"task_id": "t", "contexts": [{"document_id": "d"}]}],
        "evaluations": [
            {"task_id": "t", "model_response": text, "annotations": {"faithfulness": {"a": {"value": rated}}}}
            for text, rated in responses
        ],
    }
    (tmp_path / "mtrag_human_eval.json").write_text(json.dumps(data), encoding="utf-8")
    told = ratings(tmp_path, similarity).splitlines()
    assert [line.split()[0] for line in told[1:]] == ["grounding@1", "grounding@2", "grounding@3"]
    assert told[3].startswith("grounding@3 1.000")


def test_weights_are_fitted_to_the_signs_of_sentences() -> None:
    def seen(words: float, *, supported: bool) -> Seen:
        composed = Composed(responses()[0], ("",), (supported,), TRUE)
        return Seen(composed, [(Signs(words, 0.5, 0.0, 0.0), 3)])

    weights = fitted([seen(0.9, supported=True), seen(0.8, supported=True), seen(0.1, supported=False)] * 5)
    assert weights.signs.words > 1
    assert weights.signs.nearness == pytest.approx(0, abs=0.01)
