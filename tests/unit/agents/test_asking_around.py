"""What people ask before they know what to ask, and what they read when a name is nobody's."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from assistant.agents.artifact import Artifact, kept
from assistant.agents.plan import next_step
from assistant.agents.situation import TurnContext
from prompts.messages import message
from tests.contract.prm_world import ACME, START
from tests.unit.agents.office import Office, office
from tests.unit.tools.workplace import with_deals, workplace

ABOUT = {
    "en": ["What can you do?", "Hi, what can you do for us?", "Who are you?", "Help", "How do you work?"],
    "de": ["Was kannst du?", "Was können Sie für uns tun?", "Hilfe!", "Womit können Sie mir helfen?"],
    "fr": ["Que peux-tu faire ?", "Qui es-tu ?", "Aide"],
    "es": ["¿Qué puedes hacer?", "¿En qué me puedes ayudar?", "Ayuda"],
    "pt": ["O que você pode fazer?", "Ajuda"],
    "it": ["Cosa puoi fare?", "Chi sei?"],
    "nl": ["Wat kun je doen?", "Hulp"],
    "ja": ["何ができますか？", "使い方を教えてください"],
}


@pytest.fixture(scope="module")
def work() -> Office:
    return office(workplace())


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in ABOUT.items() for text in texts]
)
def test_who_asks_what_can_be_done_is_told(work: Office, language: str, text: str) -> None:
    told = work.say(text, who=replace(ACME, locale=language), thread=text).reply
    assert told == message("agent_hello", language)


@pytest.mark.parametrize(
    "text",
    ["How do you work with distributors?", "What can you do about a lost licence?", "Who are your distributors?"],
)
def test_a_question_that_only_begins_so_is_looked_for(work: Office, text: str) -> None:
    assert work.say(text, thread=text).reply != message("agent_hello", "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "What is the status of Silberbach?"), ("de", "Wie ist der Stand bei Silberbach?")],
)
def test_a_name_of_no_deal_is_said_before_the_deals_there_are(language: str, text: str) -> None:
    told = office(with_deals()).say(text, who=replace(ACME, locale=language)).reply
    assert told.startswith(message("deals_not_named", language))
    assert "deal-1" in told


def test_a_question_without_a_name_gets_the_deals_alone() -> None:
    told = office(with_deals()).say("What is the status of our deals?").reply
    assert message("deals_not_named", "en") not in told


def test_after_a_deal_that_is_not_there_all_can_be_asked_for() -> None:
    work = office(with_deals())
    assert "that you can see" in work.say("How is our deal with Rheinkontor doing?").reply
    assert "deal-1" in work.say("What's the status of our deals?").reply


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Thanks!"), ("de", "Vielen Dank"), ("ja", "ありがとうございます")]
)
def test_thanks_for_nothing_that_could_be_rated_are_taken(work: Office, language: str, text: str) -> None:
    told = work.say(text, who=replace(ACME, locale=language), thread=f"thanks {text}").reply
    assert told == message("agent_welcome", language)


@pytest.mark.parametrize(
    ("language", "yes", "text"),
    [
        ("en", "yes", "when does it run out?"),
        ("de", "ja", "Wann läuft sie ab?"),
        ("fr", "oui", "Quand expire-t-elle ?"),
        ("es", "sí", "¿Cuándo vence?"),
        ("it", "sì", "Quando scade?"),
        ("ja", "はい", "いつ切れますか？"),
    ],
)
def test_what_is_asked_after_a_registration_is_asked_about_it(language: str, yes: str, text: str) -> None:
    work, who = office(workplace()), replace(ACME, locale=language)
    work.say(
        "Register Kestrel Foods Inc. in Denver, Colorado, USA for Keep, 60,000 USD, closing March 31 2027, "
        "contact it@kestrelfoods.example, they lost backups in an outage",
        who=who,
    )
    done = work.say(yes, who=who).reply
    (deal,) = set(re.findall(r"deal-[0-9a-f]+", done))
    told = work.say(text, who=who).reply
    assert deal in told
    assert message("field_protected_until", language) in told


def test_a_question_about_something_else_is_not_asked_about_the_deal() -> None:
    work = office(with_deals())
    work.say("What is the status of deal-1?")
    assert "deal-1" not in work.say("When does the fiscal year end?").reply


@pytest.mark.parametrize(
    ("language", "text", "mine"),
    [
        ("en", "Change the amount of deal-1 to 95 thousand", "95 thousand"),
        ("pt", "Aumente o valor do deal-1 para 95 mil", "95 mil"),
        ("es", "Cambia el importe de deal-1 a 95 mil", "95 mil"),
        ("en", "Change the amount of deal-1 to 75k", "75k"),
    ],
)
def test_your_words_are_the_words_you_wrote(language: str, text: str, mine: str) -> None:
    assert f"“{mine}”" in office(with_deals()).say(text, who=replace(ACME, locale=language)).reply


@pytest.mark.parametrize(("code", "welcome"), [("not_found", True), ("storage", False)])
def test_a_rating_that_could_not_be_kept_is_not_passed_over(code: str, welcome: bool) -> None:
    result = ToolMessage(
        "It could not be kept.", tool_call_id="1", artifact=kept(Artifact("record_feedback", failed=code))
    )
    call = AIMessage("", tool_calls=[{"name": "record_feedback", "args": {"rating": "good"}, "id": "1"}])
    given = TurnContext(ACME, "t1", START)
    told = next_step([HumanMessage("Thanks!"), call, result], given, offered=frozenset({"record_feedback"})).text
    assert (told == message("agent_welcome", "en")) is welcome
