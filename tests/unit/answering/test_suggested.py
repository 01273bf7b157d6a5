"""What Liaison suggests to ask is answered from content in another language, too."""

from __future__ import annotations

import pytest

from assistant.answering.answer import Answerer
from assistant.domain.answer import Answer
from assistant.domain.people import Requester, Role
from assistant.retrieval.retrieve import Question
from prompts.messages import message
from tests.unit.answering.test_answer import filled
from tests.unit.retrieval.world import FILLER, Library

RULE = "How long does a deal registration protect us? A deal registration protects the partner for 90 days."
FRENCH = "Combien de temps un enregistrement nous protège-t-il ? Il protège le partenaire pendant 90 jours."
ASKED = "slack_prompt_protection"


async def ask(library: Library, text: str, *, locale: str) -> Answer:
    who = Requester("acme", Role.PARTNER, "acme", locale=locale)
    return await Answerer(library.retriever()).ask(Question(text, requester=who))


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr", "it", "ja", "pt"])
async def test_a_suggested_question_is_answered_from_english_content(language: str) -> None:
    answer = await ask(filled(Library(), RULE, *FILLER), message(ASKED, language), locale=language)
    assert (answer.declined, answer.language) == (False, language)
    assert "90 days" in answer.text


async def test_content_in_the_persons_own_language_comes_first() -> None:
    answer = await ask(filled(Library(), RULE, FRENCH, *FILLER), message(ASKED, "fr"), locale="fr")
    assert "90 jours" in answer.text
    assert "90 days" not in answer.text


async def test_what_the_content_does_not_have_is_declined_in_the_persons_language() -> None:
    answer = await ask(filled(Library(), *FILLER), message(ASKED, "de"), locale="de")
    assert (answer.declined, answer.language) == (True, "de")


async def test_a_question_of_ones_own_is_searched_for_as_it_is() -> None:
    answer = await ask(filled(Library(), RULE, *FILLER), "كم تدوم حماية الصفقة؟", locale="ar")
    assert answer.declined
