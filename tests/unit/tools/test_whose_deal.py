"""The vendor's people read whose a deal is; a partner never reads of another one."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from assistant.testing import MemoryPrm
from assistant.tools.tool import ToolResult
from assistant.tools.whose_deal import partners_told
from integrations.prm.lacking import lacking
from prompts.messages import message
from tests.contract.prm_world import ACME, DRAFT, MANAGER, WORLD, TurnableClock, by
from tests.unit.tools.workplace import Workplace, with_deals

NOBODY_THERE = replace(WORLD, partners=())
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "pt")


@pytest.fixture
def place() -> Workplace:
    return with_deals()


def shown(result: ToolResult) -> str:
    assert result.card is not None
    return "\n".join(f"{row.label}: {row.value}" for row in result.card.rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_status_of_a_deal_names_its_partner_to_a_channel_manager(place: Workplace, language: str) -> None:
    call = replace(place.call("Where is deal-2?", who=MANAGER), language=language)
    result = place.use("deal_status", call, deal="deal-2")
    assert f"{message('field_partner', language)}: Beta" in shown(result)
    assert "Beta" in result.text
    assert result.card is not None
    assert all(row.foreign for row in result.card.rows if "Beta" in row.value), "a name that others chose"


def test_a_partner_reads_no_partner_on_the_card_of_its_own_deal(place: Workplace) -> None:
    result = place.use("deal_status", place.call("Where is deal-1?"), deal="deal-1")
    assert message("field_partner", "en") not in shown(result)
    assert "Acme" not in result.text


def test_a_list_of_deals_names_each_partner_to_a_channel_manager_alone(place: Workplace) -> None:
    listed = place.use("list_deals", place.call("all deals", who=MANAGER))
    assert "deal-1: Acme · " in shown(listed)
    assert "deal-2: Beta · " in shown(listed)
    assert "Beta" in listed.text
    assert "Acme" not in shown(place.use("list_deals", place.call("my deals")))


def test_the_queue_and_a_decision_name_the_partner_and_not_its_id(place: Workplace) -> None:
    large = replace(DRAFT, partner_ref="crm-3", value=replace(DRAFT.value, amount=DRAFT.value.amount * 100))
    asyncio.run(place.prm.register_deal(replace(large, product="lantern"), write=by(ACME, "k3")))
    queue = place.use("list_reviews", place.call("What waits for me?", who=MANAGER))
    assert "deal-3: Acme · " in shown(queue)
    decided = place.use("approve_review", place.call("approve deal-3", who=MANAGER), deal="deal-3")
    assert decided.card is not None
    assert any(note.startswith("Acme registered: ") for note in decided.card.notes)


class WithoutPartners(MemoryPrm):
    """A PRM whose vendor keeps its partners elsewhere."""

    get_partner = lacking("This PRM", "partners")


@pytest.mark.parametrize(
    "prm", [WithoutPartners(WORLD, clock=TurnableClock()), MemoryPrm(NOBODY_THERE, clock=TurnableClock())]
)
def test_a_partner_that_the_prm_does_not_know_is_called_by_its_id(place: Workplace, prm: MemoryPrm) -> None:
    deal = asyncio.run(place.prm.get_deal("deal-1", requester=MANAGER))
    assert asyncio.run(partners_told(prm, [deal, deal], MANAGER)) == {"acme": "acme"}
    assert asyncio.run(partners_told(prm, [deal], ACME)) == {}
