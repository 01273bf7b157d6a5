"""The AWS wire as a service: identity, idempotency, concurrency, isolation, quotas, and every operation by name."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import uvicorn
from botocore.config import Config
from botocore.exceptions import ClientError
from starlette.applications import Starlette
from starlette.routing import Mount

from assistant.domain.deals import DealState
from assistant.ports.prm import DealQuery
from integrations.clock import SystemClock
from integrations.prm.aws_wire.in_process import client_of
from integrations.prm.aws_wire.model import SERVICE, operations, selling
from integrations.prm.aws_wire.operations import OPERATIONS
from integrations.prm.aws_wire.server import AwsWire
from integrations.prm.aws_wire.signature import AccessKey
from integrations.prm.aws_wire.throttle import Quotas
from tests.contract.prm_world import ACME, BETA, MANAGER, by
from tests.unit.prm.aws_world import (
    SOLUTION,
    AwsWorld,
    a_request,
    approved,
    aws_world,
    read_one,
    refuses,
    submitted,
    update,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AwsWorld]:
    with aws_world(tmp_path) as opened:
        yield opened


@contextmanager
def served(world: AwsWorld) -> Iterator[str]:
    """The address of the wire, mounted at /aws of a real server on the loopback."""
    app = Starlette(routes=[Mount("/aws", world.opened.aws_app())])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/aws/"
    finally:
        server.should_exit = True
        thread.join()


def over_http(url: str, key: AccessKey) -> Any:
    return boto3.client(
        SERVICE,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key.access_key,
        aws_secret_access_key=key.secret,
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_an_unmodified_client_runs_a_deal_from_creation_to_launch_over_http(world: AwsWorld) -> None:
    with served(world) as url:
        client = over_http(url, world.keys["acme"])
        made = submitted(client, "life")
        assert read_one(client, made)["LifeCycle"]["ReviewStatus"] == "Submitted"
        update(client, made, LifeCycle__ReviewStatus="Action Required", LifeCycle__ReviewComments="Which sites?")
        update(client, made, Project__CustomerBusinessProblem="Hamburg and Bremen lose their backup in March 2027.")
        update(client, made, LifeCycle__ReviewStatus="Approved")
        update(client, made, LifeCycle__Stage="Committed")
        done = update(client, made, LifeCycle__Stage="Launched", Customer__Account__AwsAccountId="123456789012")
        assert (done["LifeCycle"]["ReviewStatus"], done["LifeCycle"]["Stage"]) == ("Approved", "Launched")
        client.close()


async def test_what_is_submitted_in_the_aws_catalog_is_a_deal_of_the_register(world: AwsWorld) -> None:
    made = submitted(world.client(), "r", catalog="AWS", PartnerOpportunityIdentifier="crm-9")
    (deal,) = (await world.opened.prm.find_deals(DealQuery(), requester=ACME)).items
    assert (deal.draft.partner_ref, deal.draft.product, deal.state) == ("crm-9", "keep", DealState.ACTIVE)
    update(world.client(), made, catalog="AWS", LifeCycle__NextSteps="Visit", Customer__Account__Address__City="Juneau")
    changed = await world.opened.prm.get_deal(deal.id, requester=ACME)
    assert (changed.draft.next_steps, changed.draft.customer.city) == ("Visit", "Juneau")
    assert (await world.opened.prm.find_deals(DealQuery(), requester=BETA)).items == ()


async def test_a_channel_managers_question_is_read_and_answered_on_the_wire(world: AwsWorld) -> None:
    client = world.client()
    large = [{"Amount": "2000000", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]
    made = submitted(client, "q", catalog="AWS", Project__ExpectedCustomerSpend=large)
    (deal,) = (await world.opened.prm.find_deals(DealQuery(), requester=ACME)).items
    world.clock.turn(minutes=5)
    await world.opened.desk.ask(deal.id, "Which sites?", write=by(MANAGER, "ask", deal.version))
    shown = read_one(client, made, catalog="AWS")["LifeCycle"]
    assert (shown["ReviewStatus"], shown["ReviewComments"]) == ("Action Required", "Which sites?")
    again = update(
        client, made, catalog="AWS", Project__CustomerBusinessProblem="Hamburg and Bremen lose their backup."
    )
    assert again["LifeCycle"]["ReviewStatus"] == "Submitted"


async def test_a_rule_of_engagement_that_refuses_is_told_in_the_task_and_leaves_a_draft(world: AwsWorld) -> None:
    client = world.client()
    named = a_request(
        "n",
        catalog="AWS",
        Customer__Account__CompanyName="Kronos Automotive AG",
        Customer__Account__WebsiteUrl="kronos-automotive.example.com",
        Project__OtherSolutionDescription="Ours",
    )
    made = client.create_opportunity(**named)["Id"]
    task = client.start_engagement_from_opportunity_task(
        Catalog="AWS", ClientToken="t", Identifier=made, AwsSubmission={"InvolvementType": "Co-Sell"}
    )
    assert (task["TaskStatus"], task["ReasonCode"]) == ("FAILED", "OpportunitySubmissionFailed")
    assert "named-account" in task["Message"]
    assert read_one(client, made, catalog="AWS")["LifeCycle"]["ReviewStatus"] == "Pending Submission"
    assert (await world.opened.prm.find_deals(DealQuery(), requester=ACME)).items == ()


def test_a_client_token_makes_one_record_and_refuses_another_body(world: AwsWorld) -> None:
    client = world.client()
    first = client.create_opportunity(**a_request("same"))["Id"]
    assert client.create_opportunity(**a_request("same"))["Id"] == first
    with refuses(kind="ConflictException"):
        client.create_opportunity(**a_request("same", Project__Title="Another"))
    assert world.client("beta").create_opportunity(**a_request("same"))["Id"] != first


def test_an_update_on_an_old_time_is_a_conflict_and_changes_nothing(world: AwsWorld) -> None:
    client = world.client()
    made = client.create_opportunity(**a_request("c"))["Id"]
    before = read_one(client, made)
    update(client, made, Project__Title="First")
    request = {**a_request("x"), "Identifier": made, "LastModifiedDate": before["LastModifiedDate"]}
    for name in ("ClientToken", "Origin"):
        request.pop(name)
    with refuses(kind="ConflictException"):
        client.update_opportunity(**request)
    assert read_one(client, made)["Project"]["Title"] == "First"


def test_an_update_empties_what_it_leaves_out(world: AwsWorld) -> None:
    client = world.client()
    made = approved(client, "e")
    shown = update(client, made, LifeCycle__NextSteps=None, Customer__Contacts=None)
    assert "NextSteps" not in shown["LifeCycle"]
    assert "Contacts" not in shown["Customer"]
    assert [each["Value"] for each in shown["LifeCycle"]["NextStepsHistory"]] == ["Call on Tuesday"]


def test_another_partners_opportunity_looks_as_if_it_did_not_exist(world: AwsWorld) -> None:
    made, stranger = submitted(world.client(), "i"), world.client("beta")
    with pytest.raises(ClientError) as hidden:
        read_one(stranger, made)
    with pytest.raises(ClientError) as absent:
        read_one(stranger, "O1")
    told = [each.value.response["Error"]["Message"].replace(made, "O1") for each in (hidden, absent)]
    assert told[0] == told[1]
    for call in ("list_opportunities", "list_engagements", "list_engagement_resource_associations"):
        answer = getattr(stranger, call)(Catalog="Sandbox")
        assert not [value for value in answer.values() if isinstance(value, list) and value]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (AccessKey("LIAKUNKNOWN", "secret", "1"), "UnrecognizedClientException"),
        (None, "InvalidSignatureException"),
    ],
    ids=["unknown key", "wrong secret"],
)
def test_a_call_that_is_not_signed_by_a_partner_is_refused(world: AwsWorld, key: AccessKey | None, kind: str) -> None:
    used = key or AccessKey(world.keys["acme"].access_key, "another secret", "1")
    with refuses(kind=kind):
        client_of(world.wire, used).list_opportunities(Catalog="Sandbox")


class Later:
    """A clock that is too far ahead."""

    def now(self) -> Any:
        return SystemClock().now() + timedelta(hours=1)


def test_an_old_signature_is_refused(world: AwsWorld) -> None:
    wire = AwsWire(world.opened.database, books=world.opened.books, wall=Later())
    with refuses(kind="InvalidSignatureException"):
        client_of(wire, world.keys["acme"]).list_opportunities(Catalog="Sandbox")


def test_a_changed_body_breaks_the_signature(world: AwsWorld) -> None:
    client = world.client()

    def swap(request: Any, **_context: Any) -> None:
        request.body = request.body.replace(b"Sandbox", b"AWS    ") if request.body else request.body

    client.meta.events.register_first("before-send", swap)
    with refuses(kind="InvalidSignatureException"):
        client.list_opportunities(Catalog="Sandbox")


def test_a_partner_that_calls_too_fast_is_throttled(world: AwsWorld) -> None:
    quotas = Quotas(reads_per_second=0.001, writes_per_second=0.001)
    wire = AwsWire(world.opened.database, books=world.opened.books, quotas=quotas)
    client = client_of(wire, world.keys["acme"])
    client.list_opportunities(Catalog="Sandbox")
    with refuses(kind="ThrottlingException"):
        client.list_opportunities(Catalog="Sandbox")
    client_of(wire, world.keys["beta"]).list_opportunities(Catalog="Sandbox")


def test_every_operation_of_the_model_has_its_answer() -> None:
    assert set(OPERATIONS) == operations()


@pytest.mark.parametrize("name", sorted(operations()))
def test_every_operation_is_answered_or_refused_by_a_shape_of_the_model(name: str, world: AwsWorld) -> None:
    client = world.client(checked=False)
    method = next(each for each, api in client.meta.method_to_api_mapping.items() if api == name)
    model = selling().operation_model(name)
    arn = "arn:aws:partnercentral:us-east-1:123456789012:catalog/Sandbox/opportunity/O1"
    about = {"Catalog": "Sandbox"} if "Catalog" in model.input_shape.members else {"ResourceArn": arn}
    status = answer_of(lambda: getattr(client, method)(**about))
    assert status == "200" or status in {shape.name for shape in model.error_shapes}


def answer_of(call: Callable[[], Any]) -> str:
    """The status of an answer, or the name of the error."""
    try:
        return str(call()["ResponseMetadata"]["HTTPStatusCode"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])


@pytest.mark.parametrize("request_", [{"Catalog": "Moon"}, {}, {"Catalog": "AWS", "MaxResults": 101}], ids=str)
def test_a_request_against_the_model_is_refused(world: AwsWorld, request_: dict[str, Any]) -> None:
    with refuses():
        world.client(checked=False).list_opportunities(**request_)


def test_pages_join_to_the_whole_list(world: AwsWorld) -> None:
    client, made = world.client(), []
    for number in range(5):
        world.clock.turn(minutes=1)
        made.append(client.create_opportunity(**a_request(f"p{number}"))["Id"])
    pages = client.get_paginator("list_opportunities").paginate(Catalog="Sandbox", PaginationConfig={"PageSize": 2})
    assert [row["Id"] for page in pages for row in page["OpportunitySummaries"]] == made[::-1]
    with refuses("NextToken"):
        client.list_opportunities(Catalog="Sandbox", NextToken="%%")


def test_solutions_are_the_products_a_partner_is_certified_for(world: AwsWorld) -> None:
    assert [row["Id"] for row in world.client().list_solutions(Catalog="AWS")["SolutionSummaries"]] == [SOLUTION]
