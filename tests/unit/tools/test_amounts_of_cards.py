"""A card writes amounts, days and countries as its reader does; what is stored, hashed and written stays as it is."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from assistant.tools.proposing import card_of
from assistant.tools.tool import Reading, ToolResult, Words
from assistant.tools.writes import RegisterDeal, command_of
from tests.contract.prm_world import ACME, DRAFT, by
from tests.unit.tools.workplace import Workplace, workplace

SAID = (
    "Register Orrin GmbH in Germany, keep, 48,000.50 EUR, close 2026-12-01, it@orrin.example: they lose data they "
    "cannot restore after an attack"
)
WHOLE = {
    "customer_name": "Orrin GmbH", "customer_country": "DE", "product": "keep", "amount": "48000.50",
    "currency": "EUR", "close_date": "2026-12-01", "contact_email": "it@orrin.example",
    "problem": "they lose data they cannot restore after an attack",
}  # fmt: skip
WRITTEN = {
    "ar": ("48,000.50 EUR", "1 ديسمبر 2026", "ألمانيا"),
    "de": ("48.000,50 EUR", "1. Dezember 2026", "Deutschland"),
    "en": ("48,000.50 EUR", "December 1, 2026", "Germany"),
    "es": ("48.000,50 EUR", "1 de diciembre de 2026", "Alemania"),
    "fr": ("48\u202f000,50 EUR", "1 décembre 2026", "Allemagne"),
    "it": ("48.000,50 EUR", "1 dicembre 2026", "Germania"),
    "ja": ("48,000.50 EUR", "2026年12月1日", "ドイツ"),
    "pt": ("48.000,50 EUR", "1 de dezembro de 2026", "Alemanha"),
}


@pytest.fixture
def place() -> Workplace:
    return workplace()


def rows(result: ToolResult) -> str:
    assert result.card is not None
    return "\n".join(f"{row.label}: {row.value}" for row in result.card.rows)


@pytest.mark.parametrize("language", WRITTEN)
def test_a_registration_is_shown_in_the_readers_way_and_written_as_it_was_told(place: Workplace, language: str) -> None:
    plain, call = place.call(SAID), replace(place.call(SAID), language=language)
    result, other = place.use("register_deal", call, **WHOLE), place.use("register_deal", plain, **WHOLE)
    shown = rows(result)
    for told in WRITTEN[language]:
        assert told in shown
    assert not any(raw in shown for raw in ("48000", "2026-12-01 ", ": DE ", "2026-12-01\u2069"))
    assert result.proposal is not None
    assert other.proposal is not None
    assert result.proposal.digest == other.proposal.digest, "the approval is of the same values in every language"
    values = {each.name: each.value for each in result.proposal.arguments}
    assert (values["value.amount"], values["target_close"], values["customer.country"]) == (
        "48000.50",
        "2026-12-01",
        "DE",
    )
    command = command_of("register_deal", result.proposal.payload)
    assert isinstance(command, RegisterDeal)
    assert str(command.draft.value.amount) == "48000.50"
    assert json.loads(result.proposal.payload)["draft"]["value"] == {"amount": "48000.50", "currency": "EUR"}


def test_a_change_shows_both_amounts_each_with_its_own_currency(place: Workplace) -> None:
    asyncio.run(place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    call = replace(place.call("deal-1 is now 52.000,5 USD, close 2026-12-24"), language="de")
    changed = {"amount": "52000.5", "currency": "USD", "close_date": "2026-12-24"}
    result = place.use("update_deal", call, deal="deal-1", **changed)
    assert "Betrag: 40.000 EUR → 52.000,50 USD (" in rows(result)
    assert "erwarteter Abschluss: 1. Dezember 2026 → 24. Dezember 2026 (" in rows(result)
    assert result.card is not None
    assert any("Nordwind Logistik GmbH" in note for note in result.card.notes), "whose deal changes"


def test_the_arrow_of_a_change_points_to_the_new_value_among_arabic_words(place: Workplace) -> None:
    asyncio.run(place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    call = replace(place.call("close deal-1 on 2026-12-24"), language="ar")
    shown = rows(place.use("update_deal", call, deal="deal-1", close_date="2026-12-24"))
    assert "\u2068\u20681 ديسمبر 2026\u2069 → \u206824 ديسمبر 2026\u2069\u2069" in shown


def test_an_amount_that_is_no_number_is_shown_as_it_stands(place: Workplace) -> None:
    result = place.use("register_deal", place.call(SAID), **WHOLE)
    assert result.proposal is not None
    odd = {"value.amount": "much", "target_close": "soon", "value.currency": "QQQ"}
    arguments = tuple(replace(each, value=odd.get(each.name, each.value)) for each in result.proposal.arguments)
    shown = rows(replace(result, card=card_of(replace(result.proposal, arguments=arguments), "de")))
    assert "Betrag: much (" in shown
    assert "erwarteter Abschluss: soon (" in shown


def test_your_words_are_quoted_as_you_wrote_them_and_not_as_rules_read_them(place: Workplace) -> None:
    asyncio.run(place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    said = "Please set deal-1 to 52.000,50 EUR"
    readings = (Reading("deal-1", "DEAL-1"), Reading("52000.50", "52000.50"), Reading("EUR", "EUR"))
    call = replace(place.call(said), words=Words((said,), readings=readings))
    shown = rows(place.use("update_deal", call, deal="deal-1", amount="52000.50", currency="EUR"))
    assert "“deal-1”" in shown
    assert "“52.000,50”" in shown
    assert not any(read in shown for read in ("DEAL-1", "52000.50"))


def test_the_words_of_a_reading_that_stand_there_are_kept_whole(place: Workplace) -> None:
    asyncio.run(place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    said = "deal-1 closes at the end of December"
    call = replace(place.call(said), words=Words((said,), readings=(Reading("2026-12-31", "end of December"),)))
    shown = rows(place.use("update_deal", call, deal="deal-1", close_date="2026-12-31"))
    assert "December 31, 2026 (your words: “end of December”)" in shown
