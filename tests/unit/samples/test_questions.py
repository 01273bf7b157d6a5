from __future__ import annotations

import pytest
import yaml

from tests.unit.samples.library import PATHS, SAMPLES, Question, metadata_of, people, questions, text_of, today

QUESTIONS = questions()
ANSWERABLE = [question for question in QUESTIONS if question.kind != "unanswerable"]
UNANSWERABLE = [question for question in QUESTIONS if question.kind == "unanswerable"]


def name(question: Question) -> str:
    return question.id


@pytest.mark.parametrize("question", ANSWERABLE, ids=name)
def test_every_gold_quote_stands_in_its_document(question: Question) -> None:
    assert question.gold
    for gold in question.gold:
        assert gold.quote in text_of(gold.doc)
        assert gold.heading in text_of(gold.doc)


@pytest.mark.parametrize("question", ANSWERABLE, ids=name)
def test_the_asker_may_see_every_gold_document(question: Question) -> None:
    assert all(people()[question.asker].sees(gold.doc, today()) for gold in question.gold)


@pytest.mark.parametrize("question", ANSWERABLE, ids=name)
def test_the_gold_documents_hold_every_fact(question: Question) -> None:
    text = " ".join(text_of(gold.doc) for gold in question.gold).lower()
    missing = [fact for fact in question.facts if not any(option in text for option in fact.split("|"))]
    assert question.facts
    assert missing == []


@pytest.mark.parametrize("question", UNANSWERABLE, ids=name)
def test_what_would_answer_an_unanswerable_question_is_out_of_reach(question: Question) -> None:
    assert question.gold == []
    assert question.why
    assert not any(people()[question.asker].sees(doc, today()) for doc in question.not_gold)


def test_documents_that_must_not_be_cited_exist_and_are_not_gold() -> None:
    for question in QUESTIONS:
        assert set(question.not_gold) <= set(PATHS)
        assert not set(question.not_gold) & {gold.doc for gold in question.gold}


def test_questions_have_their_own_ids_and_cover_six_languages() -> None:
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS) >= 40
    assert {question.lang for question in QUESTIONS} == {"en", "de", "fr", "es", "pt-BR", "ja"}
    assert all(question.question_en for question in QUESTIONS if question.lang != "en")


def test_an_expired_guide_gives_another_number_than_the_current_one() -> None:
    old, new = "programme/partner-programme-guide-2025.pdf", "programme/partner-programme-guide-2026.md"
    assert metadata_of(old).series == metadata_of(new).series
    assert metadata_of(old).valid_until < today()
    assert "protected for 60 days" in text_of(old)
    assert "protected for 90 days" in text_of(new)


def test_the_demo_is_asked_by_two_or_more_partners_in_three_languages() -> None:
    steps = yaml.safe_load((SAMPLES / "demo.yaml").read_text(encoding="utf-8"))["steps"]
    assert all(set(step) == {"as", "lang", "question", "expect"} for step in steps)
    assert {step["as"] for step in steps} <= set(people())
    assert len({step["as"] for step in steps}) >= 2
    assert len({step["lang"] for step in steps}) >= 3
