from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from assistant.domain.approvals import Source
from assistant.domain.deals import DealRegistration, DealState
from assistant.ports.prm_archive import Archive
from assistant.tools.writes import ExtendDeal, command_of
from tests.contract.prm_world import ACME, DRAFT, MANAGER, START, WORLD, by
from tests.unit.tools.workplace import Workplace, with_deals, workplace

QUESTION = "Please correct the postal city of the customer."


def waiting(state: DealState, comment: str = "") -> Archive:
    """The world with a deal of acme in a state."""
    deal = DealRegistration(
        id="deal-7", partner_id="acme", draft=DRAFT, state=state, created_at=START, updated_at=START,
        submitted_at=START, comment=comment, rules="standard@2026.2", version="3",
    )  # fmt: skip
    return replace(WORLD, deals=(deal,))


@pytest.fixture
def place() -> Workplace:
    return with_deals()


def test_an_update_shows_what_the_record_says_now(place: Workplace) -> None:
    call = place.call("deal-1 is now 52.000 EUR")
    result = place.use("update_deal", call, deal="deal-1", amount="52000")
    assert result.proposal is not None
    amount = next(each for each in result.proposal.arguments if each.name == "value.amount")
    assert (amount.before, amount.value, amount.source) == ("40000", "52000", Source.SAID)
    assert place.approved(result.proposal) == "done deal-1 active"
    assert asyncio.run(place.prm.get_deal("deal-1", requester=ACME)).draft.value.amount == 52000


def test_a_deal_is_meant_by_its_customers_name_and_the_card_says_so(place: Workplace) -> None:
    call = place.call("Move Nordwind Logistik to committed")
    result = place.use("update_deal", call, deal="Nordwind Logistik", stage="committed")
    assert result.proposal is not None
    assert result.proposal.target == "deal-1"


@pytest.mark.parametrize("name", ["deal-2", "Customer crm-2 GmbH", "deal-99"])
@pytest.mark.parametrize("tool", ["deal_status", "update_deal", "withdraw_deal", "extend_deal"])
def test_another_partners_deal_does_not_exist(place: Workplace, tool: str, name: str) -> None:
    values = {"update_deal": {"stage": "committed"}}.get(tool, {})
    result = place.use(tool, place.call(f"{name} committed"), deal=name, **values)
    unknown = place.use(tool, place.call("nothing committed"), deal="nothing", **values)
    assert (result.failed, result.proposal) == ("not_found", None)
    assert result.text.replace(repr(name), "ID") == unknown.text.replace("'nothing'", "ID")


def test_several_deals_of_one_customer_are_asked_about(place: Workplace) -> None:
    second = replace(DRAFT, partner_ref="crm-8", product="lantern", title="Lantern pilot")
    asyncio.run(place.prm.register_deal(second, write=by(ACME, "k3")))
    result = place.use("withdraw_deal", place.call("withdraw Nordwind"), deal="Nordwind")
    assert result.failed == "invalid_record"
    assert "deal-1" in result.text
    assert "deal-3" in result.text


def test_the_whole_name_wins_over_one_that_it_begins() -> None:
    place = workplace()
    for number, ref in (("1", "crm-1"), ("10", "crm-10")):
        customer = replace(DRAFT.customer, name=f"Harbour {number}", website=f"harbour{number}.example")
        draft = replace(DRAFT, partner_ref=ref, customer=customer)
        asyncio.run(place.prm.register_deal(draft, write=by(ACME, ref)))
    for said, meant in (("Harbour 1", "deal-1"), ("Harbour 10", "deal-2"), ("the deal with Harbour 10", "deal-2")):
        assert place.use("deal_status", place.call(said), deal=said).text.startswith(f"{meant} is")
    assert place.use("deal_status", place.call("Where is Harbour?"), deal="Harbour").failed == "invalid_record"
    told = place.use("deal_status", place.call("Where is Harbour 10?"), deal="Harbour")  # a model cut the name short
    assert told.text.startswith("deal-2 is")


def test_a_part_of_a_name_is_not_enough_when_two_customers_have_it(place: Workplace) -> None:
    customer = replace(DRAFT.customer, name="Nordwind Energie AG", website="nw-energie.de")
    other = replace(DRAFT, partner_ref="crm-9", customer=customer)
    asyncio.run(place.prm.register_deal(other, write=by(ACME, "k9")))
    said = "please withdraw what we have with nordwind"
    refused = place.use("withdraw_deal", place.call(said), deal=said)
    assert (refused.failed, refused.proposal) == ("invalid_record", None)


@pytest.mark.parametrize(
    ("names", "said", "named"),
    [
        (("Silberbach Energy", "Silberbach Publishing"), "Withdraw the Silberbach Energy deal", "deal-1"),
        (("Silberbach Orrin", "Silberbach Publishing"), "Withdraw the Orrin deal", "deal-1"),
        (("Silberbach Energy", "Silberbach Publishing"), "Withdraw the Silberbach deal", ""),
        (("Silberbach", "Silberbach Energy"), "Withdraw the Silberbach Energy deal", "deal-2"),
    ],
)
def test_a_word_that_two_customers_share_names_neither(names: tuple[str, str], said: str, named: str) -> None:
    """A model that was talked into it gives the id of the one that was not meant."""
    place = workplace()
    for number, name in enumerate(names):
        customer = replace(DRAFT.customer, name=name, website=f"silberbach{number}.example")
        draft = replace(DRAFT, partner_ref=name, customer=customer)
        asyncio.run(place.prm.register_deal(draft, write=by(ACME, name)))
    taken = [each for each in ("deal-1", "deal-2") if place.use("withdraw_deal", place.call(said), deal=each).proposal]
    assert taken == [named] * bool(named)


def test_action_required_is_explained_and_repaired() -> None:
    place = workplace(waiting(DealState.ACTION_REQUIRED, QUESTION))
    told = place.use("deal_status", place.call("what about deal-7?"), deal="deal-7")
    assert QUESTION in told.text
    assert told.card is not None
    assert any(row.foreign and row.value == QUESTION for row in told.card.rows)
    fixed = place.use("update_deal", place.call("the city of deal-7 is Bremen"), deal="deal-7", customer_city="Bremen")
    assert fixed.proposal is not None
    shown = {each.name: each for each in fixed.proposal.arguments}
    assert (shown["customer.city"].before, shown["customer.city"].value) == ("Hamburg", "Bremen")
    assert shown["customer.website"].source is Source.RECORD
    assert place.approved(fixed.proposal) == "done deal-7 active"


def test_the_day_a_state_runs_out_is_told_where_it_is_not_that_of_the_protection() -> None:
    until = START + timedelta(days=90)
    (deal,) = waiting(DealState.ACTIVE).deals
    for due, labels in ((until, ["protected until"]), (START, ["protected until", "runs out"])):
        again = workplace(replace(WORLD, deals=(replace(deal, protected_until=until, due_at=due),)))
        card = again.use("deal_status", again.call("Where is deal-7?"), deal="deal-7").card
        assert card is not None
        assert [row.label for row in card.rows[1:]] == labels


def test_a_locked_field_is_refused_with_the_open_ones(place: Workplace) -> None:
    result = place.use("update_deal", place.call("deal-1 is for Lantern"), deal="deal-1", product="Lantern")
    assert result.failed == "not_allowed_in_state"
    assert "product" in result.text
    assert "stage" in result.text


def test_a_withdrawal_carries_the_requesters_words_when_no_reason_was_told(place: Workplace) -> None:
    result = place.use("withdraw_deal", place.call("Please take deal-1 back, they were acquired"), deal="deal-1")
    assert result.proposal is not None
    assert place.approved(result.proposal) == "done deal-1 withdrawn"
    assert (
        asyncio.run(place.prm.get_deal("deal-1", requester=ACME)).comment
        == "Please take deal-1 back, they were acquired"
    )


def test_a_deal_that_nobody_named_is_marked(place: Workplace) -> None:
    result = place.use("extend_deal", place.call("What does the policy say?"), deal="deal-1", evidence="as told")
    assert result.proposal is not None
    sources = {each.name: each.source for each in result.proposal.arguments}
    assert sources == {"deal_id": Source.MODEL, "evidence": Source.MODEL}


def test_a_deal_that_nobody_named_is_not_withdrawn(place: Workplace) -> None:
    result = place.use("withdraw_deal", place.call("What does the policy say?"), deal="deal-1", reason="as told")
    assert (result.proposal, result.failed) == (None, "invalid_record")
    assert "deal: stands in nothing the requester wrote" in result.text
    named = place.use("withdraw_deal", place.call("What of deal-1?", "Withdraw it"), deal="deal-1", reason="as told")
    assert named.proposal is not None


@pytest.mark.parametrize("comment", ["See https://evil.example/x", "Write to a@evil.example", "evil.example/now"])
def test_free_text_of_a_model_leads_to_no_address_that_nobody_named(place: Workplace, comment: str) -> None:
    refused = place.use("update_deal", place.call("Please change deal-1"), deal="deal-1", comments=comment)
    assert (refused.proposal, refused.failed) == (None, "invalid_record")
    assert "leads to" in refused.text
    said = place.use("update_deal", place.call(f"Please note on deal-1: {comment}"), deal="deal-1", comments=comment)
    assert said.proposal is not None


def test_an_extension_is_proposed_with_its_evidence(place: Workplace) -> None:
    call = place.call("Extend deal-1: we ran a proof of concept and the board decides in March")
    result = place.use("extend_deal", call, deal="deal-1")
    assert result.proposal is not None
    assert place.approved(result.proposal) == "done deal-1 active"


def test_the_day_an_extension_is_asked_for_is_told_to_the_reviewer_and_never_made_up(place: Workplace) -> None:
    call = place.call("Extend deal-1 until 2026-12-31: the board decides in December")
    proposal = place.use("extend_deal", call, deal="deal-1", until="2026-12-31").proposal
    assert proposal is not None
    assert command_of("extend_deal", proposal.payload) == ExtendDeal("deal-1", call.words.said[0], date(2026, 12, 31))
    assert place.use("extend_deal", call, deal="deal-1", until="2027-01-31").failed == "invalid_record"


def test_deals_are_listed_by_partner_and_stage(place: Workplace) -> None:
    call = place.call("What does Acme have at prospect?", who=MANAGER)
    told = place.use("list_deals", call, partner="Acme", stage="prospect").text
    assert "deal-1" in told
    assert "deal-2" not in told
    assert place.use("list_deals", call, partner="Acme", stage="committed").text == "0 deals"
    assert place.use("list_deals", place.call("Beta's deals"), partner="Beta").failed == "not_found"


def test_only_ones_own_deals_are_listed(place: Workplace) -> None:
    mine = place.use("list_deals", place.call("my deals"))
    assert "deal-1" in mine.text
    assert "deal-2" not in mine.text
    assert "crm-2" not in mine.text
    assert "deal-2" in place.use("list_deals", place.call("all deals", who=MANAGER)).text
