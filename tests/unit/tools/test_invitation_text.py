"""What an invitation says in the language of whom it goes to: words for codes, and no marks for a display."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from unicodedata import bidirectional

import pytest

from assistant.tools.tool import Card
from assistant.tools.writes import InvitePartner, command_of
from tests.contract.prm_world import ACME, DRAFT, WORLD, by
from tests.unit.tools.workplace import workplace

COUNTRY = {"ar": "ألمانيا", "de": "Deutschland", "en": "Germany", "es": "Alemania", "fr": "Allemagne"} | {
    "it": "Germania",
    "ja": "ドイツ",
    "pt": "Alemanha",
}
OF_DIRECTION = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def marks(text: str) -> list[str]:
    """The signs in a text that only say where to begin to read."""
    return [sign for sign in text if bidirectional(sign) in OF_DIRECTION or sign in "\u061c\u200e\u200f"]


def invited(language: str, *said: str) -> tuple[InvitePartner, str, Card]:
    """The invitation that stands in the PRM after its approval, and its card."""
    partners = tuple(replace(each, locales=(language,)) for each in WORLD.partners)
    place = workplace(replace(WORLD, partners=partners))
    asyncio.run(place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    call = replace(place.call("Invite Beta into deal-1", *said), language=language)
    result = place.use("invite_partner", call, deal="deal-1", partner="Beta", message=said[0] if said else "")
    assert result.proposal is not None
    assert result.card is not None
    command = command_of("invite_partner", result.proposal.payload)
    assert isinstance(command, InvitePartner)
    assert place.approved(result.proposal).startswith("done ")
    (sent,) = asyncio.run(place.prm.invitations(requester=ACME)).items
    return command, sent.draft.message, result.card


@pytest.mark.parametrize("language", COUNTRY)
def test_an_invitation_is_written_without_marks_and_names_the_country(language: str) -> None:
    command, sent, card = invited(language)
    assert marks(command.draft.message) == []
    assert marks(sent) == []
    assert COUNTRY[language] in sent
    assert any(sent in row.value for row in card.rows)


def test_marks_that_somebody_copied_are_shown_and_not_written() -> None:
    _, sent, card = invited("ar", "\u200fمرحبًا \u2068Beta\u2069، تعالوا معنا می\u200cخواهم")
    assert sent == "مرحبًا Beta، تعالوا معنا می\u200cخواهم", "a joiner belongs to the spelling"
    assert any("\u2068" in row.value for row in card.rows), "the display keeps its own"
