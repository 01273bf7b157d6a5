from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.conversation.resolve import REMEMBERED, WEIGHT, resolve
from assistant.conversation.vocabulary import vocabulary_of
from assistant.domain.conversation import Background, Resolution, Turn, Understanding
from assistant.domain.people import TierLadder
from assistant.testing import HashEmbedder, sample_document

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
KEEP = sample_document("keep", ["Keep protects data."], embedder=HashEmbedder()).document
NAMES = vocabulary_of([], TierLadder())
QUESTION = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["and for MSPs?", "Wie lange dauert das?", "それは?", "What is the fee for Gold partners?", "¿y Gold?"]
    ),
)


def said(*questions: str, locale: str = "en") -> list[Turn]:
    """The turns of a conversation of these questions."""
    turns: list[Turn] = []
    for question in questions:
        meant = resolve(question, turns, vocabulary=NAMES, locale=locale)
        turns.append(Turn(len(turns) + 1, meant, None, NOON, ""))
    return turns


def last(*questions: str, locale: str = "en") -> Resolution:
    return said(*questions, locale=locale)[-1].resolution


FOLLOW_UPS = [
    ("en", "Who decides about a deal registration?", "How long does it take?"),
    ("en", "How are bookings measured for the tier review?", "and for MSPs?"),
    ("en", "What can be funded with marketing money?", "Gifts?"),
    ("en", "How do I register a deal?", "Can you tell me more about that?"),
    ("de", "Wie hoch ist der Kurs für Listenpreise in Euro?", "und in der Schweiz?"),
    ("de", "Wer entscheidet über die Registrierung?", "Wie lange dauert das?"),
    ("fr", "Qui décide de l'enregistrement de l'affaire ?", "Combien de temps cela prend-il ?"),
    ("fr", "Quels sont les horaires du support en français ?", "Et en dehors de ces horaires ?"),
    ("es", "¿Quién decide sobre el registro de la oportunidad?", "¿Cuánto tarda eso?"),
    ("es", "¿Cómo se hacen los pedidos en México?", "¿Y en los demás países?"),
    ("pt", "Quem decide sobre o registro da oportunidade?", "Quanto tempo isso leva?"),
    ("pt", "Como funciona o registro de oportunidades?", "E para licitações?"),
    ("ja", "案件登録の保護期間は何日間ですか?", "それは延長できますか?"),
    ("ja", "日本語サポートの受付時間を教えてください。", "夜間と休日は?"),
]


@pytest.mark.parametrize(("locale", "first", "then"), FOLLOW_UPS, ids=lambda text: text[:24])
def test_a_follow_up_is_read_with_the_question_before_it(locale: str, first: str, then: str) -> None:
    meant = last(first, then, locale=locale)
    assert meant.understanding is Understanding.CONTINUED
    assert meant.text == f"{first} {then}"
    assert meant.sought == then
    assert meant.background == (Background(first, WEIGHT),)
    assert meant.used == (1,)
    assert meant.asked == then


WHOLE = [
    ("en", "How long does it take to approve a deal registration?"),
    ("en", "Is it possible to extend the protection of a deal registration?"),
    ("en", "What happens to our registrations this year if partners lose their tier?"),
    ("de", "Ist es möglich, die Schutzdauer einer Registrierung zu verlängern?"),
    ("de", "Gibt es in diesem Jahr einen Bonus für neue Partner?"),
    ("fr", "La formation peut-elle être prise en charge par un OPCO ?"),
    ("es", "¿Cuánto tenemos que contratar este año para ser Gold?"),
    ("pt", "Qual é o valor mínimo para registrar uma oportunidade no Brasil?"),
    ("ja", "却下された案件にはいつまでに異議を申し立てられますか?"),
]


@pytest.mark.parametrize(("locale", "question"), WHOLE, ids=lambda text: text[:24])
def test_a_whole_question_is_answered_as_it_is(locale: str, question: str) -> None:
    meant = last("Which colours may the partner badge have?", question, locale=locale)
    assert meant.text == question
    assert meant.understanding in {Understanding.STANDALONE, Understanding.NEW_TOPIC}


SUBSTITUTIONS = [
    ("What discount do Silver partners get?", "what about gold?", "What discount do gold partners get?"),
    (
        "What revenue does a partner need for Gold?",
        "and for Platinum?",
        "What revenue does a partner need for Platinum?",
    ),
    ("How is support organised in Germany?", "And in France?", "How is support organised in France?"),
    ("¿Qué porcentaje generan los socios Silver?", "¿y los Gold?", "¿Qué porcentaje generan los socios Gold?"),
    ("Welche Zahlungsziele gelten in Deutschland?", "Und in Österreich?", "Welche Zahlungsziele gelten in Österreich?"),
    ("日本のサポート時間は?", "ドイツでは?", "ドイツのサポート時間は?"),
]


@pytest.mark.parametrize(("first", "then", "meant"), SUBSTITUTIONS, ids=lambda text: text[:24])
def test_a_name_takes_the_place_of_one_of_its_kind(first: str, then: str, meant: str) -> None:
    resolution = last(first, then)
    assert resolution.text == meant
    assert resolution.understanding is Understanding.SUBSTITUTED
    assert resolution.background == ()


def test_products_of_the_content_are_names() -> None:
    names = vocabulary_of([replace(KEEP, product="Keep"), replace(KEEP, product="Lantern")], TierLadder())
    turns = [Turn(1, Resolution("q", "What is the fee of Keep?", Understanding.OPENING), None, NOON, "")]
    assert resolve("and Lantern?", turns, vocabulary=names).text == "What is the fee of Lantern?"


def test_nothing_is_exchanged_when_it_is_not_clear_what() -> None:
    meant = last("Is Gold better than Silver?", "and Platinum?")
    assert meant.text == "Is Gold better than Silver? and Platinum?"
    assert meant.understanding is Understanding.CONTINUED


def test_follow_ups_of_follow_ups_keep_the_subject_and_do_not_pile_up() -> None:
    meant = last("What does Gold need?", "what about Silver?", "how often is that reviewed?", "and what if we miss it?")
    assert meant.text.startswith("What does Silver need?")
    assert meant.text.endswith("and what if we miss it?")
    assert meant.text.count("?") <= 3
    weights = [background.weight for background in meant.background]
    assert weights == sorted(weights, reverse=True)


def test_a_change_of_topic_drops_the_history() -> None:
    first = ["What discount do Silver partners get on Keep?", "and Gold?"]
    meant = last(*first, "How soon must a faulty appliance be sent back?")
    assert meant.understanding is Understanding.NEW_TOPIC
    assert meant.background == ()
    after = last(*first, "How soon must a faulty appliance be sent back?", "And who pays for that?")
    assert [background.text for background in after.background] == ["How soon must a faulty appliance be sent back?"]


def test_a_question_on_the_same_subject_keeps_the_history_in_the_background() -> None:
    meant = last("How do I register a deal?", "Which documents does a deal registration need?")
    assert meant.understanding is Understanding.STANDALONE
    assert [background.text for background in meant.background] == ["How do I register a deal?"]


def test_the_same_question_is_read_as_it_was_the_first_time() -> None:
    first = said("What does Gold need?", "how often is that reviewed?")
    for again in ("how often is that reviewed?", "How often is that reviewed", " HOW often  is that reviewed?! "):
        meant = resolve(again, first, vocabulary=NAMES)
        assert meant.understanding is Understanding.REPEATED
        assert meant.used == (2,)
        before = first[-1].resolution
        assert (meant.text, meant.sought, meant.background) == (before.text, before.sought, before.background)


def test_the_same_follow_up_of_another_question_is_read_anew() -> None:
    meant = last(
        "Who decides about deals?", "how long does it take?", "Who answers support cases?", "how long does it take?"
    )
    assert meant.understanding is Understanding.CONTINUED
    assert "support" in meant.text


def test_only_so_many_turns_are_remembered() -> None:
    questions = [f"How does deal registration work in case {n}?" for n in range(REMEMBERED + 4)]
    assert len(last(*questions, "and why is that?").background) == REMEMBERED


@given(st.lists(QUESTION, max_size=6), QUESTION)
@example([""], '"')
def test_any_question_is_read_without_failing_and_always_alike(before: list[str], question: str) -> None:
    turns = said(*before)
    meant = resolve(question, turns, vocabulary=NAMES)
    assert meant == resolve(question, turns, vocabulary=NAMES)
    assert meant.asked == question.strip()
    assert set(meant.used) <= {turn.position for turn in turns}
    assert meant.text or not meant.asked
