"""How sure an answer is: evidence, not the likeness of words alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from assistant.answering.confidence import FEW, SURE, THRESHOLD, confidence, evidence, standing_out, unsure
from assistant.answering.weights import Weights
from assistant.domain.content import Document, Locator, Passage
from assistant.domain.conversation import Background
from assistant.ports.embedder import Matrix
from assistant.ports.lexicon import InEnglish
from assistant.retrieval.retrieve import Question, Retrieved
from assistant.retrieval.selection import Ranked
from assistant.testing.lexicon import WordLexicon

ANSWER = "An approved registration is protected for 90 days from the day of approval."
OTHERS = [f"Module {n} of the onboarding path lasts {n} hours and ends with a quiz." for n in range(1, 60)]


def found(question: Question, *texts: str, cosine: float = 0.6, others: float | None = None) -> Retrieved:
    """What a search could bring: the texts in this order, with the cosine of the first and that of the others."""
    document = Document(id="guide", uri="memory://guide", path="guide", title="Guide", language="en", content_hash="1")
    ranking = tuple(
        Ranked(
            Passage(
                id=f"p{n}",
                document_id="guide",
                ordinal=n,
                heading_path=(),
                text=text,
                start=0,
                end=len(text),
                locator=Locator("line", "1", "1"),
                language="en",
                scope_key="public",
                tokens=20,
            ),
            fused=2.0 - n / 100,
            dense=cosine if n == 0 or others is None else others,
        )
        for n, text in enumerate(texts)
    )
    return Retrieved(question, "en", 1, passages=ranking[:4], ranking=ranking, documents={"guide": document})


def sure(text: str, *texts: str, cosine: float = 0.6, others: float | None = None) -> float:
    retrieved = found(Question(text), *texts, cosine=cosine, others=others)
    return confidence(retrieved, Weights(retrieved))


def test_a_passage_with_the_words_of_the_question_is_evidence_and_one_without_is_not() -> None:
    question = "For how many days is an approved registration protected after its approval?"
    assert sure(question, ANSWER, *OTHERS) > THRESHOLD > sure(question, *OTHERS)


def test_a_short_question_all_of_whose_words_stand_in_the_first_passage_is_answered() -> None:
    assert sure("Registration approval?", ANSWER, *OTHERS) > sure("Registration rebate?", ANSWER, *OTHERS) + 0.2


def test_a_short_question_with_a_word_that_nothing_has_is_answered_where_the_nearest_passage_stands_out() -> None:
    question = "Registration rebate?"
    assert sure(question, ANSWER, *OTHERS, others=0.2) > THRESHOLD > sure(question, ANSWER, *OTHERS, others=0.5)


def test_for_a_long_question_standing_out_counts_little() -> None:
    question = "For how many days after the approval of our registration is the customer protected from other partners?"
    near, far = (sure(question, ANSWER, *OTHERS, others=cosine) for cosine in (0.5, 0.2))
    assert 0 < far - near < 0.2


def test_standing_out_is_measured_against_the_tenth_nearest_and_only_among_what_the_dense_arm_found() -> None:
    retrieved = found(Question("Registration?"), ANSWER, *OTHERS, others=0.25)
    assert standing_out(retrieved) == pytest.approx(0.35)
    lexical = replace(retrieved, ranking=tuple(replace(ranked, dense=None) for ranked in retrieved.ranking))
    assert standing_out(lexical) == 0.0


def test_the_nearer_the_nearest_passage_the_surer_unless_it_was_searched_for_in_translation() -> None:
    question = "For how many days is a registration protected after somebody approved it?"
    near, far = (found(Question(question), ANSWER, *OTHERS, cosine=cosine) for cosine in (0.7, 0.4))
    assert confidence(near, Weights(near)) > confidence(far, Weights(far)) + 0.1
    near, far = (replace(each, english=InEnglish(words={}, gloss="protected days")) for each in (near, far))
    assert confidence(near, Weights(near)) == confidence(far, Weights(far))


def test_what_the_asker_tells_about_the_situation_does_not_count_against_the_answer() -> None:
    asked = Question("For how many days is an approved registration protected?")
    told = Question(asked.text + " My boss wants to know, she leaves for Munich tomorrow with our customer.")
    short, long = (evidence(Weights(found(each, ANSWER, *OTHERS))) for each in (asked, told))
    assert long >= short


def test_words_of_the_conversation_count_by_their_weight() -> None:
    follow_up = "And how long?"
    said = (Background("protection of an approved registration", 0.5),)
    alone, with_it = (
        evidence(Weights(found(Question(follow_up, background=background), ANSWER, *OTHERS)))
        for background in ((), said)
    )
    assert with_it > alone


@pytest.mark.parametrize("passages", [1, 3, FEW - 1])
def test_among_few_passages_the_nearness_of_meaning_decides(passages: int) -> None:
    texts = [ANSWER, *OTHERS][:passages]
    assert sure("When does it end?", *texts, cosine=0.8) > THRESHOLD > sure("When does it end?", *texts, cosine=0.1)


class Synonyms:
    """Word vectors in which only some words are near each other."""

    def __init__(self, *pairs: tuple[str, str], cosine: float) -> None:
        self.pairs, self.cosine = pairs, cosine

    def word_vectors(self, words: Sequence[str]) -> Matrix:
        known = np.eye(len(words), dtype=np.float32)
        for one, other in self.pairs:
            if one in words and other in words:
                first, second = words.index(one), words.index(other)
                known[second] = self.cosine * known[first] + np.sqrt(1 - self.cosine**2) * known[second]
        return known


@pytest.mark.parametrize(("cosine", "counts"), [(0.5, 0.0), (0.65, 0.5), (0.8, 1.0), (0.95, 1.0)])
def test_a_word_that_means_nearly_the_same_counts_by_how_near_it_is(cosine: float, counts: float) -> None:
    retrieved = found(Question("How long is an approved registration shielded?"), ANSWER, *OTHERS)
    none = Weights(retrieved)
    some = Weights(retrieved, Synonyms(("shielded", "protected"), cosine=cosine))
    assert some.meant[0] - none.meant[0] == pytest.approx(counts * none.rarest, abs=1e-4)
    assert evidence(some) - evidence(none) == pytest.approx(counts, abs=1e-4)
    assert some.found == none.found


def test_a_number_is_like_no_other_and_a_word_that_stands_there_counts_once() -> None:
    retrieved = found(Question("Is an approved registration protected for 60 days?"), ANSWER, *OTHERS)
    synonyms = Synonyms(("60", "90"), ("protected", "approved"), ("days", "registration"), cosine=1.0)
    assert Weights(retrieved, synonyms).meant == Weights(retrieved).meant


def test_questions_in_other_languages_are_looked_up_and_not_compared_word_by_word() -> None:
    retrieved = replace(found(Question("Quote shielded?"), ANSWER, *OTHERS), language="de")
    assert Weights(retrieved, Synonyms(("shielded", "protected"), cosine=1.0)).meant == Weights(retrieved).meant


def test_words_that_questions_are_built_with_need_not_stand_in_the_answer() -> None:
    assert Weights(found(Question("How long can an approved registration be protected?"), ANSWER, *OTHERS)).complete
    assert not Weights(found(Question("How long can an approved rebate be protected?"), ANSWER, *OTHERS)).complete


@pytest.mark.parametrize(
    ("question", "complete"),
    [
        ("Wie lange ist eine Registrierung geschützt?", True),
        ("Wie lange ist ein Rabatt geschützt?", False),
        ("Ist das geschützt?", False),
        ("Wie lange ist eine Registrierung bei Orrin geschützt?", False),
    ],
)
def test_a_passage_has_a_question_in_another_language_by_what_its_words_mean(question: str, complete: bool) -> None:
    meanings = {"registrierung": "registration", "geschützt": "protected", "rabatt": "discount"}
    english = WordLexicon("de", meanings).in_english(question, "de")
    retrieved = replace(found(Question(question), ANSWER, *OTHERS), language="de", english=english)
    assert Weights(retrieved).complete is complete


def test_half_of_what_a_word_may_mean_is_not_enough() -> None:
    question = "Wie lange ist die Registrierung geschützt?"
    for likely, complete in ((0.5, False), (0.6, True)):
        meanings = {
            "registrier": {"registration": likely, "enrolment": 1 - likely},
            "geschutzt": {"protected": 1.0},
        }
        words = {word: 1.0 for meant in meanings.values() for word in meant}
        english = InEnglish(words=words, gloss="", meanings=meanings)
        retrieved = replace(found(Question(question), ANSWER, *OTHERS), language="de", english=english)
        assert Weights(retrieved).complete is complete


def test_an_answer_from_passages_with_few_of_the_words_says_that_it_may_not_be_one() -> None:
    """A long question collects evidence from content about something else, however sure the sum of it looks."""
    few = "Which consulate legalises the apostille when an approved reseller relocates warehouse staff to Uruguay?"
    most = "How long is an approved registration protected from approval when the warehouse relocates?"
    shares = [Weights(found(Question(text), ANSWER, *OTHERS)) for text in (few, most)]
    assert [unsure(0.99, each) for each in shares] == [True, False]
    assert unsure(SURE - 0.01, shares[1])


def test_nothing_found_is_no_evidence() -> None:
    assert sure("For how many days?") < THRESHOLD
