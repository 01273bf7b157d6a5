"""Questions about the programme go to its content, whatever words of requests they have; requests stay requests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.agents.understanding.read import Circumstances, read
from assistant.agents.understanding.reading import Catalogue, Intent, Utterance
from assistant.domain.people import Role

CATALOGUE = Catalogue(products=("Keep", "Lantern", "Ledge"), vendor="Skerrow")
HERE = Path(__file__).parent
QUESTIONS = yaml.safe_load((HERE / "general_questions.yaml").read_text(encoding="utf-8"))
REQUESTS = yaml.safe_load((HERE / "requests.yaml").read_text(encoding="utf-8"))
ROLES = {"p": Role.PARTNER, "m": Role.CHANNEL_MANAGER}
LOOKED_FOR = {Intent.ASK_CONTENT, Intent.OUT_OF_SCOPE}  # both are searched for


def intent(text: str, *, language: str, role: Role = Role.PARTNER) -> Intent | None:
    given = Circumstances(date(2026, 11, 23), CATALOGUE, locale=language, role=role)
    return read([Utterance(text)], given).intent


@pytest.mark.parametrize("role", [Role.PARTNER, Role.CHANNEL_MANAGER])
@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in QUESTIONS.items() for text in texts]
)
def test_a_question_about_the_programme_goes_to_the_content(language: str, text: str, role: Role) -> None:
    assert intent(text, language=language, role=role) in LOOKED_FOR


@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [
        ("en", "Which tiers do we still miss?", Intent.TIER_PROGRESS),
        ("en", "What do we need to reach each tier?", Intent.TIER_PROGRESS),
        ("en", "Find two partners in Austria who know Keep", Intent.RECOMMEND_COSELL),
        ("en", "Which partners in Spain can deliver backup projects?", Intent.RECOMMEND_COSELL),
        ("en", "How many certifications do we have?", Intent.CERTIFICATIONS),
        ("en", "How much of our market development funds is left?", Intent.FUND_BALANCE),
        ("de", "Welche Stufe haben wir?", Intent.TIER_PROGRESS),
        ("de", "Welcher Partner kann uns in Wien bei Keep helfen?", Intent.RECOMMEND_COSELL),
        ("de", "Wie viel Marketinggeld haben wir noch?", Intent.FUND_BALANCE),
        ("fr", "Que nous manque-t-il pour le niveau Gold ?", Intent.TIER_PROGRESS),
        ("fr", "Quel partenaire peut nous aider à Lyon pour Keep ?", Intent.RECOMMEND_COSELL),
        ("es", "¿Qué nos falta para el nivel Gold?", Intent.TIER_PROGRESS),
        ("pt", "Quanto resta dos nossos fundos de marketing?", Intent.FUND_BALANCE),
        ("it", "Che cosa ci manca per il livello Gold?", Intent.TIER_PROGRESS),
        ("ja", "ゴールドまであと何が足りませんか？", Intent.TIER_PROGRESS),
    ],
)
def test_what_is_asked_about_oneself_is_no_general_question(language: str, text: str, meant: Intent) -> None:
    assert intent(text, language=language) is meant


@pytest.mark.parametrize(
    ("language", "text", "who", "meant"),
    [(language, *request) for language, requests in REQUESTS.items() for request in requests],
)
def test_what_people_ask_to_be_done_or_shown_is_understood(language: str, text: str, who: str, meant: str) -> None:
    assert intent(text, language=language, role=ROLES[who]) is Intent(meant)
