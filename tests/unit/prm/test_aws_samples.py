"""Amazon's published requests and answers: every answer is read, every request conforms or is refused for its slip."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore.parsers import create_parser

from assistant.domain.deals import DealRegistration
from integrations.prm.aws_wire.model import operation
from integrations.prm.aws_wire.strict import flaws, known
from integrations.prm.partner_central.caller import plain
from integrations.prm.partner_central.cosell import invitation_of
from integrations.prm.partner_central.deal import deal_of, updatable
from tests.unit.prm.aws_samples import Sample, answers, requests

# The requests that Amazon's own model refuses: the operation, the field, and what is wrong with what was published.
SLIPS = {
    ("AcceptEngagementInvitation", "Identifier"): "an engagement's id where an invitation's is asked for",
    ("CreateEngagementInvitation", "EstimationUrl"): "an address that is no estimate of the calculator",
    ("CreateOpportunity", "Frequency"): "Annual, which is not in the model",
    ("UntagResource", "TagKeys"): "Tags in the place of TagKeys",
    ("ListEngagementResourceAssociations", "EngagementIdentifier"): "an invitation's id where an engagement's is asked",
    ("ListEngagementMembers", "Identifier"): "an invitation's id where an engagement's is asked for",
}


def label(sample: Sample) -> str:
    return f"{sample.operation}:{sample.place[-40:]}"


@pytest.mark.shared
def test_the_collection_has_its_138_requests_and_91_answers(shared: object) -> None:
    assert (len(requests()), len(answers())) == (138, 91)


@pytest.mark.shared
@pytest.mark.parametrize("sample", requests(), ids=label)
def test_a_published_request_conforms_or_is_refused_for_its_listed_slip(sample: Sample) -> None:
    shape = operation(sample.operation).input_shape
    found = flaws(known(sample.read(), shape), shape)
    assert {(sample.operation, flaw.field.rsplit(".", 1)[-1]) for flaw in found} <= set(SLIPS)


@pytest.mark.shared
def test_every_listed_slip_is_found(shared: object) -> None:
    found = {
        (sample.operation, flaw.field.rsplit(".", 1)[-1])
        for sample in requests()
        for shape in (operation(sample.operation).input_shape,)
        for flaw in flaws(known(sample.read(), shape), shape)
    }
    assert found == set(SLIPS)


@pytest.mark.shared
@pytest.mark.parametrize("sample", answers(), ids=label)
def test_a_published_answer_is_read(sample: Sample) -> None:
    document = plain(parsed(sample))
    if sample.operation == "GetOpportunity":
        deal = deal_of(document, partner_id="acme")
        assert isinstance(deal, DealRegistration)
        assert deal.id == document["Id"]
        assert updatable(document)["Project"]["Title"] == deal.draft.title
    elif sample.operation == "GetEngagementInvitation":
        assert invitation_of(document).id == document["Id"]
    else:
        assert isinstance(document, dict)


def parsed(sample: Sample) -> dict[str, object]:
    """The answer as boto3 gives it to us."""
    answer = {
        "status_code": 200,
        "headers": {"x-amzn-requestid": "1"},
        "body": json.dumps(sample.read()).encode(),
    }
    found: dict[str, object] = create_parser("json").parse(answer, operation(sample.operation).output_shape)
    found.pop("ResponseMetadata", None)
    return found


def test_times_are_kept_to_the_microsecond() -> None:
    moment = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert plain({"At": [moment]}) == {"At": ["2026-01-01T12:00:00.123456Z"]}
