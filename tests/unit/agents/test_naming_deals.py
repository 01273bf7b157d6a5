"""A deal is meant by its customer's name, in the middle of a sentence, in eight languages, whole or in part."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from assistant.agents.understanding.dates import Calendar
from assistant.agents.understanding.entities import marked
from assistant.agents.understanding.lexicon import LANGUAGES, lexicon
from assistant.agents.understanding.reading import Catalogue
from assistant.agents.understanding.reference import customer_of_deal, has_name
from assistant.domain.approvals import Source
from tests.contract.prm_world import ACME, DRAFT, MANAGER, START, a_draft, by
from tests.unit.agents.office import Office, office

ONES = {
    "en": (
        "What is the status of the deal with {}?",
        "Where does the {} deal stand?",
        "Is {} approved yet?",
        "How long is {} still protected?",
        "When does the protection for {} run out?",
    ),
    "de": (
        "Wie ist der Stand von dem Deal mit {}?",
        "Bis wann ist {} geschützt?",
        "Ist {} schon genehmigt?",
        "Gibt es Neues zu {}?",
    ),
    "fr": ("Où en est l'affaire avec {} ?", "Des nouvelles de {} ?"),
    "es": ("¿Cuál es el estado del negocio con {}?", "¿Ya está aprobado {}?"),
    "pt": ("Qual é o status do negócio com a {}?", "O registro da {} já foi aprovado?"),
    "it": ("Qual è lo stato dell'affare con {}?", "Ci sono novità su {}?"),
    "nl": ("Is er nieuws over {}?", "Is {} al goedgekeurd?"),
    "ja": ("{}の案件の状況を教えてください。",),
}
ALL = {
    "en": "what deals do we have open",
    "de": "Zeigen Sie mir unsere offenen Deals",
    "fr": "Montrez-moi toutes nos affaires",
    "es": "Muéstreme todos nuestros negocios",
    "ja": "当社の案件をすべて見せてください",
}
INVITED = {
    "en": ("Do we have any co-sell invitations?", "Who invited us?"),
    "de": ("Liegen Einladungen für uns vor?",),
    "fr": ("Quelles invitations avons-nous reçues ?",),
    "es": ("¿Nos ha invitado alguien?",),
    "pt": ("Recebemos algum convite?",),
    "it": ("Abbiamo degli inviti?",),
    "nl": ("Hebben we uitnodigingen?",),
    "ja": ("招待は来ていますか?",),
}
RULES = (
    "How long is a registered deal protected?",
    "When does a deal registration expire?",
    "How do co-sell invitations work?",
    "When does an invitation expire?",
)


def calls(place: Office, text: str, *, language: str = "en") -> list[str]:
    """The tools that a message makes the agent call."""
    who = replace(ACME, locale=language)
    place.say(text, who=who)
    thread = asyncio.run(place.threads.open("t1", requester=who))
    state = asyncio.run(place.agent.graph.aget_state({"configurable": {"thread_id": thread.id}}))
    said = [each for each in state.values["messages"] if isinstance(each, AIMessage)]
    return [call["name"] for each in said for call in each.tool_calls]


@pytest.fixture
def place() -> Office:
    found = office()
    asyncio.run(found.place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    asyncio.run(found.place.prm.register_deal(a_draft("crm-2"), write=by(ACME, "k2")))
    return found


@pytest.mark.parametrize(("language", "text"), [(each, text) for each, texts in ONES.items() for text in texts])
@pytest.mark.parametrize("name", ["Nordwind Logistik GmbH", "Nordwind"])
def test_a_question_about_one_deal_is_answered_for_that_deal(
    place: Office, language: str, text: str, name: str
) -> None:
    told = place.say(text.format(name), who=replace(ACME, locale=language)).reply
    assert "deal-1" in told
    assert "deal-2" not in told


@pytest.mark.parametrize(("language", "text"), ALL.items())
def test_a_question_about_all_deals_lists_them(place: Office, language: str, text: str) -> None:
    assert calls(place, text, language=language) == ["list_deals"]


@pytest.mark.parametrize(("language", "text"), [(each, text) for each, texts in INVITED.items() for text in texts])
def test_invitations_are_listed_when_somebody_asks_for_them(place: Office, language: str, text: str) -> None:
    assert calls(place, text, language=language) == ["invitations"]


@pytest.mark.parametrize("text", RULES)
def test_a_question_about_the_rule_goes_to_the_content(place: Office, text: str) -> None:
    assert calls(place, text) == ["search_content"]


OPEN_ONES = (
    ("en", "what deals do we have open"),
    ("en", "Show me our active registrations"),
    ("de", "Zeigen Sie mir unsere offenen Deals"),
    ("fr", "Montrez-moi nos affaires en cours"),
    ("es", "Muéstreme nuestros negocios abiertos"),
    ("pt", "Mostre os nossos negócios em andamento"),
    ("it", "Mostrami i nostri affari aperti"),
    ("nl", "Toon onze openstaande deals"),
    ("ja", "進行中の案件を見せてください"),
)


@pytest.mark.parametrize(("language", "text"), OPEN_ONES)
def test_who_asks_for_open_deals_is_spared_the_ended_ones(place: Office, language: str, text: str) -> None:
    who = replace(ACME, locale=language)
    place.say("withdraw deal-2, they were acquired", who=who)
    place.say("yes", who=who)
    told = place.say(text, who=who, thread="t2").reply
    assert "deal-1" in told
    assert "deal-2" not in told


SHOWN = {
    "en": ("extend it please, the board meets in January", "extend_deal"),
    "de": ("Ziehen Sie ihn bitte zurück, der Kunde wurde übernommen", "withdraw_deal"),
    "fr": ("Passez le montant à 95.000 EUR", "update_deal"),
    "es": ("retírelo, el cliente fue adquirido", "withdraw_deal"),
}


@pytest.mark.parametrize(("language", "text", "tool"), [(each, *rest) for each, rest in SHOWN.items()])
def test_what_follows_a_deal_that_was_shown_is_about_that_deal(
    place: Office, language: str, text: str, tool: str
) -> None:
    who = replace(ACME, locale=language)
    place.say("Where does the Nordwind deal stand?", who=who)
    place.say(text, who=who)
    (waits,) = place.waiting()
    assert (waits.proposal.tool, waits.proposal.target) == (tool, "deal-1")
    named = next(each for each in waits.proposal.arguments if each.name in {"deal_id", "deal"})
    assert named.source is not Source.SAID, "the id was never said by the person"


def test_a_question_after_a_deal_that_was_shown_is_a_question(place: Office) -> None:
    place.say("Where does the Nordwind deal stand?")
    assert calls(place, "and until when is it protected?")[1:] == ["deal_status"]
    assert calls(place, "How long is a registered deal protected?")[2:] == ["search_content"]
    assert calls(place, "what deals do we have open")[3:] == ["list_deals"]


def test_who_names_no_deal_sees_all_and_what_names_none_is_looked_for_in_the_content(place: Office) -> None:
    assert calls(place, "What is the status of my deal?") == ["deal_status", "list_deals"]
    assert calls(office(), "Until when is Windows 11 supported?") == ["deal_status", "search_content"]


def test_a_channel_manager_asks_like_a_partner(place: Office) -> None:
    told = place.say("Where does the Nordwind deal stand?", who=MANAGER, thread="t2").reply
    assert "deal-1" in told
    assert "deal-2" not in told
    told = place.say("Until when is Windows 11 supported?", who=MANAGER, thread="t3").reply
    assert "deal-" not in told


def test_a_new_value_of_a_deal_that_its_customer_names_changes_it(place: Office) -> None:
    for text in ("Der Betrag bei Nordwind ist jetzt 95.000 EUR", "Set the amount of the Nordwind deal to 95,000 EUR"):
        place.say(text, who=replace(ACME, locale="de"), thread=text)
    assert [(each.proposal.tool, each.proposal.target) for each in place.waiting()] == [("update_deal", "deal-1")] * 2


def test_a_wish_for_a_tier_by_a_day_changes_no_deal(place: Office) -> None:
    assert calls(place, "We want to move to Platinum by 31 March 2027") == ["tier_progress"]


def test_a_withdrawal_by_a_part_of_the_customers_name_is_proposed(place: Office) -> None:
    place.say("Pull the Nordwind registration please, they signed with someone else")
    (waits,) = place.waiting()
    assert (waits.proposal.tool, waits.proposal.target) == ("withdraw_deal", "deal-1")


@given(
    language=st.sampled_from([each for each in LANGUAGES if each != "ja"]),
    name=st.from_regex(r"[A-Z][a-z]{3,9}(?: [A-Z][a-z]{3,9}){0,2}(?: [1-9][0-9]{0,2})?", fullmatch=True),
    before=st.text(st.characters(categories=["Ll", "Zs"]), max_size=20),
)
@settings(max_examples=200)
def test_what_is_read_as_a_customer_stands_in_the_text_where_it_says(language: str, name: str, before: str) -> None:
    text = f"{before} deal {name}, {before}"
    words = lexicon(language)
    found = customer_of_deal(
        marked(text, how=Calendar(language, START.date(), "d"), catalogue=Catalogue((), vendor="Skerrow")), words
    )
    if found is not None:
        told, start, end = found
        assert text[start:end] == told
        assert told in name
    assert has_name(text, words, opening=True) or found is None
