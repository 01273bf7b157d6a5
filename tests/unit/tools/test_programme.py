from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.campaigns.desk import ReviewDesk
from assistant.campaigns.library import Library
from assistant.domain.approvals import Source
from assistant.tools.draft_campaign import CampaignInputs, DraftCampaign
from integrations.records.kits import open_kits
from tests.contract.prm_world import ACME, BETA, DRAFT, MANAGER, a_draft, by
from tests.unit.tools.workplace import SECRET, Workplace, workplace


@pytest.fixture
def place() -> Workplace:
    return workplace()


def test_tier_progress_names_what_is_missing_and_quotes_the_rule(place: Workplace) -> None:
    result = place.use("tier_progress", place.call("what do I need for gold?"))
    assert "technical professionals" in result.text
    assert "missing 1" in result.text
    assert [cited.title for cited in result.citations] == ["Policy"]


@pytest.mark.parametrize("tool", ["tier_progress", "certifications", "fund_balance"])
def test_a_partner_cannot_name_another_one(place: Workplace, tool: str) -> None:
    for name in ("beta", "Beta", "Beta GmbH"):
        result = place.use(tool, place.call(f"show {name}"), partner=name)
        assert result.failed == "not_found"
        assert "mdf-beta" not in result.text
    assert place.use(tool, place.call("show acme"), partner="Acme").failed == ""


@pytest.mark.parametrize("tool", ["tier_progress", "certifications", "fund_balance"])
def test_a_channel_manager_says_which_partner(place: Workplace, tool: str) -> None:
    assert "which partner" in place.use(tool, place.call("show it", who=MANAGER)).text
    assert place.use(tool, place.call("show Beta", who=MANAGER), partner="Beta").failed == ""


def test_certificates_tell_the_valid_from_the_expired(place: Workplace) -> None:
    result = place.use("certifications", place.call("my certificates"))
    assert "1 valid certificates of 2" in result.text
    assert result.card is not None
    assert [row.label for row in result.card.rows] == ["expired", "valid"]
    assert "of 0." in place.use("certifications", place.call("who?"), certification="Underwater Welder").text


def test_funds_are_asked_for_within_the_balance(place: Workplace) -> None:
    said = "We need 2.500 EUR for a workshop in Hamburg on 2026-10-08, we expect 20 leads"
    values = {"amount": "2500", "currency": "EUR", "activity": "a workshop in Hamburg", "starts": "2026-10-08"}
    result = place.use("request_funds", place.call(said), **values)
    assert result.proposal is not None
    assert place.approved(result.proposal) == "done fund-1 in_review"
    above = place.use(
        "request_funds", place.call("25.000 EUR on 2026-10-08 for a fair"), **{**values, "amount": "25000"}
    )
    assert above.failed == "invalid_record"
    assert "7500 EUR" in above.text.replace(",", "")


def test_money_for_a_day_nobody_named_is_not_asked_for(place: Workplace) -> None:
    values = {"amount": "2500", "currency": "EUR", "activity": "a workshop", "starts": "2026-10-08"}
    result = place.use("request_funds", place.call("2.500 EUR for a workshop in autumn"), **values)
    assert (result.failed, result.proposal) == ("invalid_record", None)
    assert "starts" in result.text


def test_an_invitation_goes_to_whom_the_requester_named_and_in_their_words(place: Workplace) -> None:
    asyncio.run(place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    call = place.call("Invite Beta into deal-1 for delivery")
    result = place.use("invite_partner", call, deal="deal-1", partner="Beta")
    assert result.proposal is not None
    assert DRAFT.customer.name not in result.proposal.payload
    assert place.approved(result.proposal).startswith("done invitation-1 pending")
    for values in ({"partner": "Gamma"}, {"partner": "Beta", "message": "Nordwind pays 40,000 EUR"}):
        refused = place.use("invite_partner", call, deal="deal-1", **values)
        assert (refused.failed, refused.proposal) == ("invalid_record", None)


def test_only_the_owner_of_a_deal_invites_into_it(place: Workplace) -> None:
    asyncio.run(place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    sent = place.use("invite_partner", place.call("Invite Beta into deal-1"), deal="deal-1", partner="Beta").proposal
    assert sent is not None
    place.approved(sent)
    joined = place.use("answer_invitation", place.call("gladly", who=BETA), accept=True).proposal
    assert joined is not None
    place.approved(joined)
    call = place.call("Invite Acme into deal-1", who=BETA)
    refused = place.use("invite_partner", call, deal="deal-1", partner="Acme")
    assert (refused.failed, refused.proposal) == ("forbidden", None)
    assert place.use("invite_partner", place.call("Beta", who=MANAGER), deal="deal-1").failed == "no_such_tool"


@pytest.mark.parametrize(("accept", "state"), [(True, "accepted"), (False, "rejected")])
def test_an_invitation_is_answered_without_knowing_whose_it_is(place: Workplace, *, accept: bool, state: str) -> None:
    asyncio.run(place.prm.register_deal(DRAFT, write=by(ACME, "k1")))
    sent = place.use("invite_partner", place.call("Invite Beta into deal-1"), deal="deal-1", partner="Beta").proposal
    assert sent is not None
    place.approved(sent)
    shown = place.use("invitations", place.call("invitations?", who=BETA))
    assert "invitation-1" in shown.text
    assert "acme" not in shown.text.casefold()
    assert DRAFT.customer.name not in shown.text
    german = place.use("invitations", replace(place.call("Einladungen?", who=BETA), language="de")).card
    assert german is not None
    assert german.rows[0].label == "invitation-1 (wartet auf Antwort)"
    assert "Deutschland" in german.rows[0].value
    result = place.use("answer_invitation", place.call("too close to our own bid", who=BETA), accept=accept)
    assert result.proposal is not None
    sources = {each.name: each.source for each in result.proposal.arguments}
    assert sources["invitation_id"] is Source.RECORD, "the only one that waits, which nobody has to name"
    assert place.approved(result.proposal) == f"done invitation-1 {state}"


def test_an_invitation_that_nobody_named_among_several_is_marked(place: Workplace) -> None:
    for name, draft in (("deal-1", DRAFT), ("deal-2", a_draft("crm-2"))):
        asyncio.run(place.prm.register_deal(draft, write=by(ACME, name)))
        sent = place.use("invite_partner", place.call(f"Invite Beta into {name}"), deal=name, partner="Beta").proposal
        assert sent is not None
        place.approved(sent)
    call = place.call("Gladly!", who=BETA)
    assert place.use("answer_invitation", call, accept=True).failed == "invalid_record"
    result = place.use("answer_invitation", call, accept=True, invitation="invitation-2")
    assert result.proposal is not None
    sources = {each.name: each.source for each in result.proposal.arguments}
    assert sources["invitation_id"] is Source.MODEL


def test_a_partner_who_looks_for_another_one_is_handed_to_a_channel_manager(place: Workplace) -> None:
    asked = place.use("recommend_partners", place.call("who could help us?"), product="keep")
    assert "- capability: is missing" in asked.text
    assert "- region: is missing" in asked.text
    call = place.call("Who knows data modelling?", "In Bavaria.")
    result = place.use("recommend_partners", call, capability="data modelling", region="Bavaria")
    assert result.failed == ""
    assert "beta" not in repr(result).casefold()
    (kept,) = asyncio.run(place.escalations.open(requester=MANAGER))
    assert (kept.topic, kept.words) == ("co_sell", "Who knows data modelling?\nIn Bavaria.")


def test_co_sell_partners_are_recommended_to_the_vendors_people_only(place: Workplace) -> None:
    manager = place.use("recommend_partners", place.call("who could help?", who=MANAGER), product="keep")
    assert manager.failed == "settings"
    assert "liaison cosell train" in manager.text


def test_a_drafted_campaign_is_kept_for_review_and_a_changed_one_is_its_next_version(tmp_path: Path) -> None:
    book = open_kits(tmp_path)
    place, library = workplace(), Library()
    tool = DraftCampaign(place.prm, library, "skerrow", ReviewDesk(book=book, library=library, clock=place.clock))
    asked = CampaignInputs.model_validate(
        {"product": "keep recovery", "locales": ("de",), "url": "https://www.acme.example/keep"}
    )
    kept = [
        asyncio.run(tool.run(asked.model_copy(update={"channels": channels}), place.call("a Keep recovery campaign")))
        for channels in (("email",), ("email",), ("email", "linkedin"))
    ]
    book.close()
    told = [result.text.split("Kept for review: ")[1].split(",")[:2] for result in kept]
    assert [version.strip() for _, version in told] == ["version 1", "version 1", "version 2"]
    assert len({kit for kit, _ in told}) == 1
    assert all(result.card and any(told[0][0] in note for note in result.card.notes) for result in kept)


def test_a_campaign_is_drafted_from_approved_texts(place: Workplace) -> None:
    call = place.call("a Keep recovery campaign by email, in German, https://www.acme.example/keep")
    values = {
        "product": "keep recovery",
        "channels": ["email"],
        "locales": ["de"],
        "url": "https://www.acme.example/keep",
    }
    result = place.use("draft_campaign", call, **values)
    assert "de-DE" in result.text
    assert result.card is not None
    assert any("Acme" in row.value for row in result.card.rows)
    asked = place.use("draft_campaign", call, product="keep recovery")
    assert "channels" in asked.text


def test_a_search_answers_within_the_audience(place: Workplace) -> None:
    asked = {"question": "What is the internal floor price of Keep per terabyte?"}
    mine = place.use("search_content", place.call(asked["question"]), **asked)
    assert SECRET not in mine.text
    assert mine.answer is not None
    theirs = place.use("search_content", place.call(asked["question"], who=BETA), **asked)
    assert SECRET in theirs.text


def test_a_section_is_read_by_who_may_see_it(place: Workplace) -> None:
    assert "90 days" in place.use("read_section", place.call("read it"), document="Policy").text
    assert place.use("read_section", place.call("read it"), document="Internal").failed == "not_found"
    assert SECRET in place.use("read_section", place.call("read it", who=BETA), document="Internal").text


def test_feedback_is_about_the_last_answer_and_in_the_requesters_words(place: Workplace) -> None:
    asked = "How long is a registered deal protected?"
    assert place.use("record_feedback", place.call("that was wrong"), rating="bad").failed == "not_found"
    place.use("search_content", place.call(asked), question=asked)
    assert place.use("record_feedback", place.call(asked, "that was wrong"), rating="bad").failed == ""


def test_an_escalation_keeps_the_requesters_words_once_and_the_desk_lists_it(place: Workplace) -> None:
    for _ in range(2):
        assert place.use("escalate", place.call("I need a person for my rejected deal"), topic="deal").failed == ""
    waiting = asyncio.run(place.escalations.open(requester=MANAGER))
    assert [(each.requester, each.words) for each in waiting] == [
        ("partner:acme", "I need a person for my rejected deal")
    ]
    assert asyncio.run(place.escalations.open(requester=BETA)) == ()


def test_a_learning_path_puts_renewals_missing_certificates_and_content_together(place: Workplace) -> None:
    result = place.use("learning_path", place.call("how do we get to gold?"), goal="requirements of gold tier")
    assert result.card is not None
    told = " ".join(f"{row.label} {row.value}" for row in result.card.rows)
    assert "January 1, 2026" in told
    assert "1 × technical professionals" in told
    assert "Gold tier requires" in told
