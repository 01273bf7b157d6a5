from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.retrieval.language import detect, primary, question_language


@pytest.mark.shared
@pytest.mark.parametrize("name", ["questions_en.jsonl", "questions_xl.jsonl"])
def test_the_language_of_every_development_question_is_told(shared: Path, name: str) -> None:
    lines = (shared / "evals" / "dev" / name).read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    assert len(questions) >= 50
    wrong = [
        (q["lang"], q["question"])
        for q in questions
        if question_language(q["question"], default="nl") != primary(q["lang"])
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["", "MDF?", "Keep 4.2?", "Gold, Silver"])
def test_a_short_question_is_in_the_language_of_its_asker(text: str) -> None:
    assert question_language(text, default="pt-BR") == "pt"
    assert question_language(text, default="de_AT") == "de"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wie läuft die deal registration?", "de"),
        ("Was ist Keep?", "de"),
        ("¿Y esto?", "es"),
        ("Comment faire un deal registration ?", "fr"),
        ("Come funziona il co-sell?", "it"),
        ("Hoe werkt deal registration?", "nl"),
        ("Como faço o deal registration?", "pt"),
        ("Hur funkar deal registration?", "sv"),
        ("Jak działa deal registration?", "pl"),
        ("How do I get the Rabatt?", "en"),
    ],
)
def test_the_words_a_question_is_built_with_tell_its_language_whatever_it_asks_about(text: str, language: str) -> None:
    assert question_language(text, default="en") == language
    assert question_language(text, default="ja-JP") == language


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("契約はいつ?", "en", "ja"),
        ("契約期間", "ja-JP", "ja"),
        ("契約期間", "en", "zh"),
        ("파트너 등급", "en", "ko"),
        ("MDF の申請", "de", "ja"),
        ("What discount do Gold partners get?", "ja", "en"),
    ],
)
def test_a_script_tells_the_language_of_even_a_short_question(text: str, default: str, language: str) -> None:
    assert question_language(text, default=default) == language


def test_a_name_in_another_script_does_not_make_an_english_question_chinese() -> None:
    assert question_language("Who signs the 特約店 contract?", default="ja") == "en"
    assert question_language("Partner Center 是什么?", default="en") == "zh"


def test_a_document_too_short_to_tell_is_in_the_default_language() -> None:
    assert detect("Keep 4.2", default="fr") == "fr"
    assert detect("Partner registrieren ihre Projekte innerhalb von dreißig Tagen im Portal.", default="fr") == "de"
