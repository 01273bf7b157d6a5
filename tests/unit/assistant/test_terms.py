from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.terms import ANALYSERS, analyser_of, terms, terms_with_words


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Häuser", "Haus"),
        ("en", "registrations", "registration"),
        ("es", "oportunidades", "oportunidad"),
        ("fr", "partenaires", "partenaire"),
        ("it", "vendite", "vendita"),
        ("nl", "partners", "partner"),
        ("pt", "oportunidades", "oportunidade"),
        ("sv", "affärer", "affärerna"),
    ],
)
def test_forms_of_a_word_become_one_term_in_each_language(language: str, one: str, other: str) -> None:
    assert terms(one, language) == terms(other, language)


def test_accents_that_a_typist_leaves_out_do_not_matter() -> None:
    assert terms("création", "fr") == terms("creation", "fr")


def test_japanese_becomes_bigrams_and_latin_words_in_it_stay_words() -> None:
    assert terms("Partner Centerでの取引", "cjk") == ["partner", "center", "での", "の取", "取引"]
    assert terms("案件登録", "other") == ["案件", "件登", "登録"]


def test_wide_and_narrow_characters_are_the_same() -> None:
    assert terms("ＡＢＣ１２", "cjk") == ["abc12"]
    assert terms("ﾊﾟｰﾄﾅｰ", "cjk") == terms("パートナー", "cjk")


@pytest.mark.parametrize(
    ("tag", "analyser"),
    [("de", "de"), ("pt-BR", "pt"), ("EN_us", "en"), ("zh-Hans", "cjk"), ("ja", "cjk"), ("pl", "other"), ("", "other")],
)
def test_a_language_tag_names_its_analyser(tag: str, analyser: str) -> None:
    assert analyser_of(tag) == analyser


@given(text=st.text(), analyser=st.sampled_from(ANALYSERS))
def test_a_term_is_never_empty_and_never_has_a_space(text: str, analyser: str) -> None:
    for term in terms(text, analyser):
        assert term
        assert term.split() == [term]


@given(st.text(alphabet="abÄßé½x_9 日本한々ー.-\u0301"), st.sampled_from(ANALYSERS))
def test_every_term_is_told_with_the_word_it_comes_from(text: str, analyser: str) -> None:
    assert [term for term, _ in terms_with_words(text, analyser)] == terms(text, analyser)
