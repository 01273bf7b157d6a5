from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from assistant.domain.approvals import ApprovalState, Source
from assistant.domain.deals import DealState
from assistant.errors import RecordNotFound
from assistant.ports.prm import DealQuery
from assistant.tools.proposing import leaves
from assistant.tools.tool import Reading, ToolCall
from tests.contract.prm_world import ACME, BETA, MANAGER, NAMED, a_draft, by
from tests.unit.tools.workplace import Workplace, workplace

SAID = (
    "Please register Nordwind Logistik GmbH in Germany for Keep, 40.000 EUR, close 1 December 2026, "
    "it@nordwind-logistik.de. They need immutable backup in two regions before their lease ends."
)
FIELDS = {
    "customer_name": "Nordwind Logistik GmbH",
    "customer_country": "DE",
    "product": "Keep",
    "amount": "40000",
    "currency": "EUR",
    "close_date": "2026-12-01",
    "contact_email": "it@nordwind-logistik.de",
    "problem": "They need immutable backup in two regions before their lease ends.",
}


@pytest.fixture
def place() -> Workplace:
    return workplace()


def deals(place: Workplace) -> int:
    return len(asyncio.run(place.prm.find_deals(DealQuery(), requester=MANAGER)).items)


def test_a_complete_form_becomes_a_proposal_and_writes_nothing(place: Workplace) -> None:
    result = place.use("register_deal", place.call(SAID), **FIELDS)
    assert result.proposal is not None
    assert deals(place) == 0
    assert place.approved(result.proposal) == "done deal-1 active"
    deal = asyncio.run(place.prm.get_deal("deal-1", requester=ACME))
    assert deal.draft.customer.website == "nordwind-logistik.de"
    assert deal.draft.product == "keep"


def test_the_approver_sees_every_value_of_the_payload_and_where_it_came_from(place: Workplace) -> None:
    proposal = place.use("register_deal", place.call(SAID), **FIELDS).proposal
    assert proposal is not None
    shown = {each.name: each for each in proposal.arguments}
    stored = {path.removeprefix("draft.") for path, _ in leaves(json.loads(proposal.payload))}
    assert set(shown) == stored
    assert shown["value.amount"].source is Source.SAID
    assert shown["value.amount"].quote == "40.000"
    assert shown["customer.country"].quote == "Germany"
    assert shown["partner_ref"].source is Source.RULE


def test_what_is_missing_is_asked_by_name(place: Workplace) -> None:
    result = place.use("register_deal", place.call(SAID), customer_name="Nordwind Logistik GmbH", product="Keep")
    assert result.failed == "invalid_record"
    assert result.proposal is None
    for name in ("customer_country", "amount", "currency", "close_date", "contact_email", "problem"):
        assert name in result.text


@pytest.mark.parametrize(
    ("name", "made_up"),
    [
        ("contact_email", "ceo@elsewhere.example"),
        ("amount", "990000"),
        ("close_date", "2026-12-24"),
        ("customer_name", "Somebody Else AG"),
        ("currency", "USD"),
    ],
)
def test_a_value_that_stands_in_no_message_is_refused(place: Workplace, name: str, made_up: str) -> None:
    result = place.use("register_deal", place.call(SAID), **{**FIELDS, name: made_up})
    assert (result.failed, result.proposal) == ("invalid_record", None)
    assert name in result.text


def test_a_value_from_forwarded_text_is_shown_as_somebody_elses(place: Workplace) -> None:
    call = place.call("Register this please.", passed_on=(SAID,))
    result = place.use("register_deal", call, **FIELDS)
    assert result.proposal is not None
    sources = {each.name: each.source for each in result.proposal.arguments}
    assert sources["contact.email"] is Source.QUOTED
    assert result.card is not None
    assert any(row.foreign and "it@nordwind-logistik.de" in row.value for row in result.card.rows)


def test_a_reading_of_relative_words_counts_as_said(place: Workplace) -> None:
    said = SAID.replace("1 December 2026", "Ende Mai")
    call = place.call(said)
    call = replace(call, words=replace(call.words, readings=(Reading("2027-05-31", "Ende Mai"),)))
    proposal = place.use("register_deal", call, **{**FIELDS, "close_date": "2027-05-31"}).proposal
    assert proposal is not None
    assert next(each.quote for each in proposal.arguments if each.name == "target_close") == "Ende Mai"


def test_a_duplicate_is_refused_with_the_rule_and_without_the_other_partners_name(place: Workplace) -> None:
    theirs = replace(a_draft("crm-9"), customer=replace(a_draft("crm-9").customer, name="Nordwind Logistik GmbH"))
    theirs = replace(theirs, customer=replace(theirs.customer, website="nordwind-logistik.de"))
    asyncio.run(place.prm.register_deal(theirs, write=by(BETA, "k1")))
    result = place.use("register_deal", place.call(SAID), **FIELDS)
    assert result.failed == "policy_refused"
    assert "first-approved-wins" in result.text
    assert "beta" not in result.text.casefold()


def test_a_large_deal_is_submitted_by_the_partner_and_then_waits_for_a_channel_manager(place: Workplace) -> None:
    said = SAID.replace("40.000", "1,400,000")
    result = place.use("register_deal", place.call(said), **{**FIELDS, "amount": "1400000"})
    proposal = result.proposal
    assert proposal is not None
    assert proposal.reviewed
    assert result.card is not None
    assert any("channel manager reviews it" in note for note in result.card.notes)

    async def work() -> tuple[str, ApprovalState]:
        waiting = await place.desk.propose(proposal)
        with pytest.raises(RecordNotFound):
            await place.desk.approve(waiting.id, waiting.digest, requester=MANAGER)
        done = await place.desk.approve(waiting.id, waiting.digest, requester=ACME)
        return done.outcome, done.state

    outcome, state = asyncio.run(work())
    assert (outcome, state) == (f"deal-1 {DealState.SUBMITTED}", ApprovalState.DONE)
    assert deals(place) == 1


def test_a_named_account_is_refused(place: Workplace) -> None:
    said = SAID.replace("Nordwind Logistik GmbH", NAMED.name)
    fields = {**FIELDS, "customer_name": NAMED.name, "customer_website": NAMED.website}
    result = place.use("register_deal", place.call(f"{said} {NAMED.website}"), **fields)
    assert result.failed == "policy_refused"


def test_a_channel_manager_files_for_a_partner_they_name_and_the_deal_is_the_partners(place: Workplace) -> None:
    call: ToolCall = place.call(f"For Acme: {SAID}", who=MANAGER)
    proposal = place.use("register_deal", call, **FIELDS, partner="Acme").proposal
    assert proposal is not None
    assert place.approved(proposal) == "done deal-1 active"
    (deal,) = asyncio.run(place.prm.find_deals(DealQuery(), requester=ACME)).items
    assert deal.draft.comments == f"Filed by {MANAGER.name}."


def test_a_channel_manager_is_asked_for_the_partner_and_a_model_cannot_name_one(place: Workplace) -> None:
    call: ToolCall = place.call(SAID, who=MANAGER)
    assert "- partner: is missing" in place.use("register_deal", call, **FIELDS).text
    made_up = place.use("register_deal", call, **FIELDS, partner="acme")
    assert "- partner: stands in nothing" in made_up.text


def test_what_the_rules_send_to_review_is_not_filed_by_those_who_review(place: Workplace) -> None:
    call = place.call(f"For Acme: {SAID.replace('40.000', '1,400,000')}", who=MANAGER)
    result = place.use("register_deal", call, **{**FIELDS, "amount": "1400000"}, partner="Acme")
    assert (result.failed, result.proposal) == ("policy_refused", None)


def test_a_partner_registers_for_nobody_else(place: Workplace) -> None:
    assert place.use("register_deal", place.call(f"For Beta: {SAID}"), **FIELDS, partner="Beta").failed == "not_found"


def test_what_is_missing_and_what_is_made_up_are_told_at_once(place: Workplace) -> None:
    told = {**FIELDS, "amount": "990000", "contact_email": ""}
    result = place.use("register_deal", place.call(SAID), **told)
    assert "- contact_email: is missing" in result.text
    assert "- amount: stands in nothing" in result.text


def test_a_problem_in_few_characters_of_japanese_is_long_enough_for_the_form(place: Workplace) -> None:
    said = SAID.replace("They need immutable backup in two regions before their lease ends.", "校正記録が紙のまま")
    proposal = place.use("register_deal", place.call(said), **{**FIELDS, "problem": "校正記録が紙のまま"}).proposal
    assert proposal is not None
    stored = next(each.value for each in proposal.arguments if each.name == "problem")
    assert stored == "Nordwind Logistik GmbH（Keep）：校正記録が紙のまま"


def test_a_check_says_what_would_happen_with_what_is_known_so_far(place: Workplace) -> None:
    call = place.call("Is Nordwind Logistik GmbH in Germany free?")
    result = place.use("check_deal", call, customer_name="Nordwind Logistik GmbH", customer_country="DE")
    assert result.failed == ""
    assert "minimum-value" not in result.text
    assert "amount" in result.text
    assert deals(place) == 0
