"""Who asks which deals are open gets them listed; whether a customer is open for registration is another question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import regex

from assistant.agents.understanding.read import Circumstances, read
from assistant.agents.understanding.reading import Catalogue, Intent, Utterance
from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.people import Requester, Role
from prompts.messages import message
from tests.contract.prm_world import ACME, DRAFT, MANAGER, START, WORLD
from tests.unit.agents.office import Office, office
from tests.unit.tools.workplace import workplace

CATALOGUE = Catalogue(products=("Keep",), vendor="Skerrow")


def intent(text: str, *, role: Role = Role.PARTNER) -> Intent | None:
    return read([Utterance(text)], Circumstances(date(2026, 11, 23), CATALOGUE, locale="en", role=role)).intent


@pytest.mark.parametrize("role", [Role.PARTNER, Role.CHANNEL_MANAGER])
@pytest.mark.parametrize(
    "text",
    [
        *("Which deals are open?", "What deals are open right now?", "Which of our deals are still open?"),
        *("Which registrations are open?", "List our open deals", "Welche Deals sind offen?"),
    ],
)
def test_which_deals_are_open_is_a_question_of_their_status(text: str, role: Role) -> None:
    assert intent(text, role=role) is Intent.DEAL_STATUS


@pytest.mark.parametrize(
    "text",
    [
        "Is Orrin GmbH in Germany still free?",
        "Which deals are open, and is Orrin GmbH already registered?",
        "Check if Orrin Foods is free",
    ],
)
def test_whether_a_customer_is_free_is_still_checked(text: str) -> None:
    assert intent(text) is Intent.CHECK_DEAL


IN_REVIEW = {
    "en": "Which deals are in review?",
    "de": "Welche Deals sind in Prüfung?",
    "fr": "Quelles affaires sont en revue ?",
    "es": "¿Qué negocios están en revisión?",
    "pt": "Quais negócios estão em análise?",
    "it": "Quali opportunità sono in esame?",
    "nl": "Welke deals zijn in behandeling?",
    "ja": "審査中の案件はどれですか？",
    "ar": message("slack_prompt_queue", "ar"),
}
ENDING = {
    "en": "Which deals lose their protection soon?",
    "de": "Welche Deals verlieren bald ihren Schutz?",
    "fr": "Quelles affaires perdent bientôt leur protection ?",
    "es": "¿Qué oportunidades vencen pronto?",
    "pt": "Quais negócios perdem a proteção em breve?",
    "it": "Quali opportunità scadono a breve?",
    "nl": "Welke deals verlopen binnenkort?",
    "ja": "保護がまもなく切れる案件はどれですか？",
    "ar": message("slack_prompt_expiring", "ar"),
}


def deal(deal_id: str, state: DealState, *, until: datetime | None = None) -> DealRegistration:
    customer = replace(DRAFT.customer, name=f"Customer {deal_id[-2:]}")
    draft = replace(DRAFT, partner_ref=f"ref-{deal_id}", customer=customer)
    return DealRegistration(
        id=deal_id, partner_id="acme", draft=draft, state=state, created_at=START, updated_at=START,
        submitted_at=START, protected_until=until, rules="standard@2026.2", version="1",
    )  # fmt: skip


@pytest.fixture(scope="module")
def stocked() -> Office:
    """Deals of acme: one in review, one rejected, and three protected for 80, 12 and 5 days."""
    deals = (
        deal("deal-aa01", DealState.IN_REVIEW),
        deal("deal-aa02", DealState.REJECTED),
        deal("deal-aa03", DealState.ACTIVE, until=START + timedelta(days=80)),
        deal("deal-aa04", DealState.ACTIVE, until=START + timedelta(days=12)),
        deal("deal-aa05", DealState.APPROVED, until=START + timedelta(days=5)),
    )
    return office(workplace(replace(WORLD, deals=deals)))


def listed(work: Office, text: str, *, who: Requester, language: str, thread: str) -> list[str]:
    told = work.say(text, who=replace(who, locale=language), thread=f"{thread}-{who.role}-{language}").reply
    return [str(found) for found in regex.findall(r"deal-aa0\d", told)]


@pytest.mark.parametrize("who", [ACME, MANAGER], ids=["partner", "manager"])
@pytest.mark.parametrize("language", IN_REVIEW)
def test_deals_are_listed_by_where_they_stand(stocked: Office, language: str, who: Requester) -> None:
    found = listed(stocked, IN_REVIEW[language], who=who, language=language, thread="review")
    assert found == ["deal-aa01"]


@pytest.mark.parametrize("who", [ACME, MANAGER], ids=["partner", "manager"])
@pytest.mark.parametrize("language", ENDING)
def test_deals_that_lose_their_protection_soon_are_listed_the_soonest_first(
    stocked: Office, language: str, who: Requester
) -> None:
    found = listed(stocked, ENDING[language], who=who, language=language, thread="ending")
    assert found == ["deal-aa05", "deal-aa04"]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Which deals expire in the next 90 days?", ["deal-aa05", "deal-aa04", "deal-aa03"]),
        ("en", "Which deals run out within a week or 1 week?", ["deal-aa05"]),
        ("de", "Welche Deals laufen in den nächsten 10 Tagen ab?", ["deal-aa05"]),
        ("fr", "Quelles affaires expirent dans les 2 prochaines semaines ?", ["deal-aa05", "deal-aa04"]),
        ("es", "¿Qué negocios vencen en los próximos 3 meses?", ["deal-aa05", "deal-aa04", "deal-aa03"]),
        ("ja", "10日以内に保護が切れる案件はどれですか？", ["deal-aa05"]),
    ],
)
def test_the_days_that_are_asked_for_are_kept(stocked: Office, language: str, text: str, found: list[str]) -> None:
    assert listed(stocked, text, who=ACME, language=language, thread=f"days {text}") == found


def test_refused_registrations_are_listed_alone(stocked: Office) -> None:
    assert listed(stocked, "Show me our rejected deals", who=ACME, language="en", thread="no") == ["deal-aa02"]
    assert listed(stocked, "Zeig mir unsere abgelehnten Deals", who=ACME, language="de", thread="no") == ["deal-aa02"]


def test_a_manager_asks_by_partner_and_state_at_once(stocked: Office) -> None:
    asked = "Which deals of Acme are in review?"
    assert listed(stocked, asked, who=MANAGER, language="en", thread="of") == ["deal-aa01"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How many deals are in review?"),
        ("de", "Wie viele Deals sind in Prüfung?"),
        ("fr", "Combien d'affaires sont en examen ?"),
        ("es", "¿Cuántos negocios están en revisión?"),
        ("ja", "審査中の案件は何件ですか？"),
    ],
)
def test_how_many_there_are_is_answered_by_them(stocked: Office, language: str, text: str) -> None:
    assert listed(stocked, text, who=ACME, language=language, thread="how-many") == ["deal-aa01"]


def test_how_many_are_needed_is_a_question_of_the_rules() -> None:
    assert intent("How many deals must a Gold partner register?") is not Intent.DEAL_STATUS


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How far is Acme from Platinum?"),
        ("de", "Wie weit ist Acme von Platin entfernt?"),
        ("en", "What is Acme's MDF balance?"),
        ("en", "What’s Acme’s tier?"),
    ],
)
def test_a_partner_is_named_without_what_it_is_joined_with(language: str, text: str) -> None:
    given = Circumstances(date(2026, 11, 23), CATALOGUE, locale=language, role=Role.CHANNEL_MANAGER)
    found = {slot.name: slot.value for slot in read([Utterance(text)], given).slots}
    assert found["partner_name"] == "Acme"
