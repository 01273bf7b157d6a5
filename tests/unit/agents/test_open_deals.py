"""Who asks which deals are open gets them listed; whether a customer is open for registration is another question."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.agents.understanding.read import Circumstances, read
from assistant.agents.understanding.reading import Catalogue, Intent, Utterance
from assistant.domain.people import Role

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
