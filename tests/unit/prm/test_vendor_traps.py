"""Where the vendors' published material and their services differ: each difference is read, and never written on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from botocore.parsers import create_parser

from assistant.domain.deals import DealChange, Period
from assistant.errors import InvalidRecord
from integrations.prm.aws_wire.model import operation
from integrations.prm.aws_wire.strict import flaws, known
from integrations.prm.aws_wire.translation import changed_fields
from integrations.prm.microsoft.reading import deal_of as deal_of_referral
from integrations.prm.microsoft.referral import Referral
from integrations.prm.partner_central.caller import plain
from integrations.prm.partner_central.deal import check_change, deal_of, failure_of, updatable
from tests.contract.prm_world import ACME, by
from tests.contract.test_prm_vendors import MONTHLY, partner_central
from tests.unit.prm.aws_world import AwsWorld, Json, aws_world
from tests.unit.prm.microsoft_bench import AZURE, opened

TODAY = date(2026, 9, 1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AwsWorld]:
    with aws_world(tmp_path) as found:
        yield found


@pytest.fixture
async def document(world: AwsWorld) -> Json:
    """An opportunity as Partner Central tells it."""
    deal = await partner_central(world).register_deal(MONTHLY, write=by(ACME, "k"))
    found: Json = plain(world.client().get_opportunity(Catalog="AWS", Identifier=deal.id))
    return found


def test_a_frequency_that_is_not_in_the_model_is_read_and_must_be_put_right_by_a_change(document: Json) -> None:
    document["Project"]["ExpectedCustomerSpend"][0]["Frequency"] = "Annual"
    read = deal_of(document, partner_id="acme").draft
    assert (read.value, read.period) == (MONTHLY.value, Period.ANNUAL)
    other = DealChange(next_steps="Demo")
    with pytest.raises(InvalidRecord) as caught:
        check_change(document, changed_fields(document, other), other, today=TODAY)
    assert [problem.field for problem in caught.value.problems] == ["value"]
    right = DealChange(value=MONTHLY.value)
    check_change(document, changed_fields(document, right), right, today=TODAY)


def test_a_need_that_is_not_in_the_model_is_read_and_named_when_it_would_be_sent_back(document: Json) -> None:
    document["PrimaryNeedsFromAws"] = ["Do Not Need Support from AWS Sales Rep"]
    assert deal_of(document, partner_id="acme").draft.needs == ("Do Not Need Support from AWS Sales Rep",)
    other = DealChange(next_steps="Demo")
    with pytest.raises(InvalidRecord) as caught:
        check_change(document, changed_fields(document, other), other, today=TODAY)
    assert {problem.field for problem in caught.value.problems} == {"needs"}


def test_an_email_in_mixed_case_is_read_and_sent_back_as_it_was(document: Json) -> None:
    document["Customer"]["Contacts"] = [{"Email": "Kim.Berg@Nordwind.Example", "FirstName": "Kim", "LastName": "Berg"}]
    assert deal_of(document, partner_id="acme").draft.contact.email.casefold() == "kim.berg@nordwind.example"
    after = changed_fields(document, DealChange(next_steps="Demo"))
    assert updatable(after)["Customer"]["Contacts"] == document["Customer"]["Contacts"]


def test_an_opportunity_without_ones_own_reference_is_read(document: Json) -> None:
    del document["PartnerOpportunityIdentifier"]
    assert deal_of(document, partner_id="acme").draft.partner_ref == ""


def test_an_arn_with_a_region_and_an_unknown_id_form_are_read(document: Json) -> None:
    document["Arn"] = f"arn:aws:partnercentral:us-east-1:123456789012:catalog/AWS/opportunity/{document['Id']}"
    document["RelatedEntityIdentifiers"] = {"Solutions": ["arn:aws:partnercentral::aws:catalog/AWS/solution/S-0000001"]}
    assert deal_of(document, partner_id="acme").id == document["Id"]


def test_an_update_leaves_out_what_its_model_refuses_though_the_answer_has_it(document: Json) -> None:
    sent = updatable({**document, "OpportunityTeam": [{"Email": "a@b.example"}]})
    assert not {"OpportunityTeam", "RelatedEntityIdentifiers", "Arn", "Id"} & set(sent)


@pytest.mark.parametrize(
    ("name", "extra"), [("StartResourceSnapshotJob", {"ClientToken": "x"}), ("UntagResource", {"Tags": []})]
)
def test_a_member_that_the_model_lacks_is_left_out_of_a_request(name: str, extra: Json) -> None:
    shape = operation(name).input_shape
    assert not set(extra) & set(known({**extra}, shape))


@pytest.mark.parametrize("prefix", ["oit-", "task-"])
def test_a_task_whose_reason_is_the_word_null_has_no_failure(prefix: str) -> None:
    shape = operation("StartEngagementFromOpportunityTask").output_shape
    told = {"TaskId": f"{prefix}0123456789abc", "TaskStatus": "COMPLETE", "ReasonCode": "null", "Message": "null"}
    answer = {"status_code": 200, "headers": {}, "body": json.dumps(told).encode()}
    assert failure_of(plain(create_parser("json").parse(answer, shape))) == ""
    assert failure_of({**told, "TaskStatus": "FAILED", "Message": "Incomplete"}) == "Incomplete"
    assert flaws({**told}, shape)  # which is why answers are never held to the model


async def test_a_value_of_a_referral_is_a_number_when_made_and_a_text_when_changed(tmp_path: Path) -> None:
    with opened(tmp_path) as bench:
        deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
        kept = bench.server.referrals[deal.id]
        assert kept["details"]["dealValue"] == 40000
        changed = await bench.prm.update_deal(
            deal.id, DealChange(value=AZURE.value), write=by(ACME, "k2", deal.version)
        )
        assert bench.server.referrals[deal.id]["details"]["dealValue"] == "40000"
        assert changed.draft.value == deal.draft.value


async def test_a_referral_that_is_answered_as_accepted_without_its_closing_date_is_read(tmp_path: Path) -> None:
    with opened(tmp_path) as bench:
        deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
        told = deepcopy(bench.server.decide(deal.id, "Active", "Accepted"))
        del told["details"]["closingDateTime"]
        told["links"] = {
            "self": {"uri": "https://api.partner.microsoft.com/v1.0/engagments/referralsx", "method": "GET"}
        }
        told["details"]["requirements"]["solutions"] = [{"id": "SOL-Microsoft365", "SolutionType": "Name"}]
        found = deal_of_referral(Referral.model_validate(told), partner_id="acme")
        assert found.state == "active"
        assert found.draft.title == AZURE.title
