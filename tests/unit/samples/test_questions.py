from __future__ import annotations

from collections import Counter

import yaml

from evals.hygiene import check, check_canaries, normalised
from evals.questions import load_lines
from tests.unit.samples.library import PATHS, SAMPLES, Gold, Question, metadata_of, people, questions, text_of, today

QUESTIONS = questions()
# What each kind is about, and how many of it there are at least, over all languages.
KINDS = {
    "basic": 40,
    "semantic": 35,
    "multi-hop": 15,
    "constrained": 40,
    "conflicting": 15,
    "completeness": 20,
    "misplaced": 20,
    "not-found": 35,
    "tier-restricted": 45,
    "expired": 30,
    "regional": 30,
    "deal-conflict": 25,
    "currency": 24,
    "language-switch": 18,
}


def test_every_gold_quote_and_heading_stands_in_its_document() -> None:
    missing = [(question.id, gold) for question in QUESTIONS for gold in question.gold if not _stands(gold)]
    assert missing == []


def _stands(gold: Gold) -> bool:
    return gold.quote in text_of(gold.doc) and gold.heading in text_of(gold.doc)


def test_the_asker_may_see_every_gold_document() -> None:
    assert [(q.id, g.doc) for q in QUESTIONS for g in q.gold if not people()[q.asker].sees(g.doc, today())] == []


def test_the_gold_documents_hold_every_fact() -> None:
    assert [(question.id, fact) for question in QUESTIONS for fact in question.facts if not _held(question, fact)] == []
    assert [question.id for question in QUESTIONS if question.gold and not question.facts] == []


def _held(question: Question, fact: str) -> bool:
    text = " ".join(text_of(gold.doc) for gold in question.gold).lower()
    return any(option in text for option in fact.split("|"))


def test_what_would_answer_an_unanswerable_question_is_out_of_reach() -> None:
    unanswerable = [question for question in QUESTIONS if not question.gold]
    assert [question.id for question in unanswerable if question.facts or not question.why] == []
    assert [(q.id, doc) for q in unanswerable for doc in q.not_gold if people()[q.asker].sees(doc, today())] == []


def test_documents_that_must_not_be_cited_exist_and_are_not_gold() -> None:
    for question in QUESTIONS:
        assert set(question.not_gold) <= set(PATHS)
        assert not set(question.not_gold) & {gold.doc for gold in question.gold}


def test_there_are_three_hundred_questions_in_six_languages_and_every_kind() -> None:
    languages = Counter(question.lang for question in QUESTIONS)
    kinds = Counter(question.kind for question in QUESTIONS)
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS) >= 300
    assert set(languages) == {"en", "de", "fr", "es", "pt-BR", "ja"}
    assert languages["en"] <= len(QUESTIONS) / 2
    assert min(languages.values()) >= 40
    assert set(kinds) == set(KINDS)
    assert {kind: kinds[kind] for kind, least in KINDS.items() if kinds[kind] < least} == {}
    assert all(question.question_en for question in QUESTIONS if question.lang != "en")


def test_a_restriction_is_asked_about_from_both_sides() -> None:
    for kind in ("tier-restricted", "regional", "expired"):
        sides = Counter(bool(question.gold) for question in QUESTIONS if question.kind == kind)
        assert min(sides[True], sides[False]) >= 4, kind


def test_the_splits_are_about_equal_and_share_no_family_and_no_gold() -> None:
    dev = [question for question in QUESTIONS if question.split == "dev"]
    test = [question for question in QUESTIONS if question.split == "test"]
    assert len(dev) + len(test) == len(QUESTIONS)
    assert 0.4 <= len(dev) / len(QUESTIONS) <= 0.6
    assert not {question.family for question in dev} & {question.family for question in test}
    assert not {(g.doc, g.quote) for q in dev for g in q.gold} & {(g.doc, g.quote) for q in test for g in q.gold}


def test_both_splits_hold_every_kind() -> None:
    for split in ("dev", "test"):
        assert {question.kind for question in QUESTIONS if question.split == split} == set(KINDS)


def test_nothing_is_asked_twice() -> None:
    asked = Counter((question.asker, " ".join(normalised(question.question))) for question in QUESTIONS)
    assert [question for question, times in asked.items() if times > 1] == []


def test_the_golden_set_keeps_its_hygiene() -> None:
    lines = load_lines(SAMPLES / "questions")
    assert check(lines, {path: text_of(path) for path in PATHS}) == []
    assert check_canaries(SAMPLES / "questions") == []


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
