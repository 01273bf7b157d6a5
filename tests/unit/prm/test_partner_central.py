"""The adapter for Partner Central when things go wrong: lost answers, quotas, locks, events that repeat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from moto import mock_aws

from assistant.domain.cosell import CoSellRole, InvitationDraft, InvitationState
from assistant.domain.deals import DealChange, DealState, Period
from assistant.domain.money import Money
from assistant.errors import (
    InvalidRecord,
    NotAllowedInState,
    NotOffered,
    OutcomeUnknown,
    PolicyRefused,
    SettingsError,
    Throttled,
)
from assistant.ports.prm import DealQuery, PartnerQuery, Window
from integrations.clock import SystemClock
from integrations.prm.aws import AwsPrm, open_aws
from integrations.prm.aws_wire.throttle import UNLIMITED, Quotas, Throttle
from integrations.prm.aws_wire.translation import aws_field, our_field
from integrations.prm.partner_central import deals
from integrations.prm.partner_central.caller import Caller, explained
from integrations.prm.partner_central.events import Inbox, QueueReader, read_event
from integrations.settings import Settings
from tests.contract.prm_world import ACME, BETA, by
from tests.contract.test_prm_vendors import MONTHLY, draft, partner_central
from tests.unit.prm.aws_world import SOLUTION, AwsWorld, aws_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AwsWorld]:
    with aws_world(tmp_path) as opened:
        yield opened


class Losing:
    """A client of Partner Central that loses the answer of one operation once, after the work was done."""

    def __init__(self, client: Any, operation: str) -> None:
        self._client = client
        self._left = {operation}
        client.meta.events.register("after-call", self._lose)

    def _lose(self, model: Any, **_context: Any) -> None:
        if model.name in self._left:
            self._left.clear()
            raise ConnectionClosedError(endpoint_url="https://partnercentral")

    def client(self, _partner_id: str) -> Any:
        return self._client


def losing(world: AwsWorld, operation: str) -> AwsPrm:
    throttle = Throttle(UNLIMITED, clock=SystemClock())
    caller = Caller(Losing(world.client(), operation).client, catalog="AWS", throttle=throttle)
    return AwsPrm(caller, world.opened.database, clock=world.clock)


@pytest.mark.parametrize(
    "operation", ["CreateOpportunity", "AssociateOpportunity", "StartEngagementFromOpportunityTask"]
)
async def test_a_registration_whose_answer_was_lost_is_made_once(world: AwsWorld, operation: str) -> None:
    prm = losing(world, operation)
    sold = replace(MONTHLY, product=SOLUTION)
    with pytest.raises(OutcomeUnknown):
        await prm.register_deal(sold, write=by(ACME, "k1"))
    deal = await prm.register_deal(sold, write=by(ACME, "k1"))
    assert (deal.state, deal.draft.product) == (DealState.ACTIVE, SOLUTION)
    assert [each.id for each in (await prm.find_deals(DealQuery(), requester=ACME)).items] == [deal.id]


@pytest.mark.parametrize(("reads", "found"), [(3, True), (9, False)])
async def test_what_was_just_made_is_looked_for_until_partner_central_shows_it(
    world: AwsWorld, monkeypatch: pytest.MonkeyPatch, reads: int, found: bool
) -> None:
    monkeypatch.setattr(deals, "PAUSE", 0.0)
    hidden = iter(range(reads))

    def hide(model: Any, **_context: Any) -> None:
        if model.name == "GetOpportunity" and next(hidden, None) is not None:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "Not yet"}}, model.name)

    client = world.client()
    client.meta.events.register("before-call", hide)
    throttle = Throttle(UNLIMITED, clock=SystemClock())
    caller = Caller(lambda _partner: client, catalog="AWS", throttle=throttle)
    prm = AwsPrm(caller, world.opened.database, clock=world.clock)
    if not found:
        with pytest.raises(OutcomeUnknown, match="does not show yet"):
            await prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    deal = await prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    assert [each.id for each in (await prm.find_deals(DealQuery(), requester=ACME)).items] == [deal.id]


async def test_an_update_whose_answer_was_lost_is_made_once(world: AwsWorld) -> None:
    prm = losing(world, "UpdateOpportunity")
    deal = await prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    edit, write = DealChange(next_steps="Demo"), by(ACME, "k2", deal.version)
    with pytest.raises(OutcomeUnknown):
        await prm.update_deal(deal.id, edit, write=write)
    changed = await prm.update_deal(deal.id, edit, write=write)
    assert changed.draft == replace(deal.draft, next_steps="Demo")
    history = world.client().get_opportunity(Catalog="AWS", Identifier=deal.id)["LifeCycle"]["NextStepsHistory"]
    assert [each["Value"] for each in history] == ["Call on Tuesday", "Demo"]


async def test_an_update_sends_back_what_only_partner_central_knows(world: AwsWorld) -> None:
    prm, client = partner_central(world), world.client()
    deal = await prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    document = client.get_opportunity(Catalog="AWS", Identifier=deal.id)
    document["Project"] |= {"ApnPrograms": ["Windows"], "CompetitorName": "On-Prem"}
    for name in ("Arn", "CreatedDate", "RelatedEntityIdentifiers", "ResponseMetadata"):
        document.pop(name)
    client.update_opportunity(Identifier=document.pop("Id"), **document)
    fresh = await prm.get_deal(deal.id, requester=ACME)
    await prm.update_deal(deal.id, DealChange(comments="Soon"), write=by(ACME, "k2", fresh.version))
    project = client.get_opportunity(Catalog="AWS", Identifier=deal.id)["Project"]
    assert (project["ApnPrograms"], project["CompetitorName"], project["AdditionalComments"]) == (
        ["Windows"],
        "On-Prem",
        "Soon",
    )


async def test_what_partner_central_cannot_say_is_refused_before_anything_is_sent(world: AwsWorld) -> None:
    prm = partner_central(world)
    with pytest.raises(InvalidRecord) as caught:
        await prm.register_deal(replace(MONTHLY, period=Period.ONCE, consumption=True), write=by(ACME, "k1"))
    assert {each.field for each in caught.value.problems} == {"period", "consumption"}
    for use_case in ("", "Anything else"):
        check = await prm.check_deal(replace(MONTHLY, use_case=use_case), requester=ACME)
        assert [each.field for each in check.problems] == ["use_case"]
    assert world.client().list_opportunities(Catalog="AWS")["OpportunitySummaries"] == []


async def test_a_rule_that_refuses_leaves_a_draft_that_an_update_submits(world: AwsWorld) -> None:
    prm = partner_central(world)
    small = replace(MONTHLY, value=Money.read("100.00", "USD"))
    with pytest.raises(PolicyRefused, match="minimum"):
        await prm.register_deal(small, write=by(ACME, "k1"))
    (deal,) = (await prm.find_deals(DealQuery(state=DealState.DRAFT), requester=ACME)).items
    edit = DealChange(value=Money.read("9000.00", "USD"))
    assert (await prm.update_deal(deal.id, edit, write=by(ACME, "k2", deal.version))).state is DealState.ACTIVE


async def test_the_team_is_not_changed_by_an_update(world: AwsWorld) -> None:
    prm = partner_central(world)
    deal = await prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    with pytest.raises(NotOffered):
        await prm.update_deal(deal.id, DealChange(team=()), write=by(ACME, "k2", deal.version))


async def test_what_partner_central_does_not_offer_is_refused_by_name(world: AwsWorld) -> None:
    prm = partner_central(world)
    with pytest.raises(NotOffered, match="partners"):
        await prm.find_partners(PartnerQuery(), requester=ACME)
    with pytest.raises(NotOffered, match="has no withdrawal"):
        await prm.withdraw_deal("O1", "No", write=by(ACME, "k"))


async def test_an_invitation_is_sent_accepted_and_answered_once(world: AwsWorld) -> None:
    prm, account = partner_central(world), world.keys["beta"].account_id
    deal = await prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    asked = InvitationDraft(deal_id=deal.id, invitee=account, role=CoSellRole.DELIVERY, message="Join us")
    sent = await prm.invite(asked, write=by(ACME, "i1"))
    assert await prm.invite(asked, write=by(ACME, "i1")) == sent
    (received,) = (await prm.invitations(requester=BETA)).items or (await _second_side(prm)).items
    assert (received.id, received.inviter, received.draft.message) == (sent.id, "", "Join us")
    accepted = await prm.accept_invitation(sent.id, write=by(BETA, "a1", received.version))
    assert accepted.state is InvitationState.ACCEPTED
    assert await prm.accept_invitation(sent.id, write=by(BETA, "a1", received.version)) == accepted
    with pytest.raises(NotAllowedInState):
        await prm.decline_invitation(sent.id, "No", write=by(BETA, "d1", accepted.version))
    team = (await prm.engagement(deal.id, requester=ACME)).members
    assert {member.partner_id for member in team} == {world.keys["acme"].account_id, account}


async def _second_side(prm: AwsPrm) -> Any:
    first = await prm.invitations(requester=BETA)
    return await prm.invitations(requester=BETA, window=Window(cursor=first.cursor))


async def test_the_quota_of_a_day_is_told_and_not_waited_for(world: AwsWorld) -> None:
    throttle = Throttle(Quotas(reads_per_day=1), clock=SystemClock())
    prm = AwsPrm(
        Caller(world.client, catalog="AWS", throttle=throttle),
        world.opened.database,
        clock=world.clock,
    )
    await prm.find_deals(DealQuery(), requester=ACME)
    with pytest.raises(Throttled) as caught:
        await prm.find_deals(DealQuery(), requester=ACME)
    assert caught.value.retry_after > 3600


def event(deal_id: str) -> dict[str, Any]:
    detail = {"schemaVersion": "1", "catalog": "AWS", "opportunity": {"identifier": deal_id}}
    return {
        "Source": "aws.partnercentral-selling",
        "DetailType": "Opportunity Updated",
        "Detail": json.dumps(detail),
    }


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any, str]]:
    """EventBridge and SQS of moto, with a rule that sends Partner Central's events to a queue."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        bridge, queue = (boto3.client(each, region_name="us-east-1") for each in ("events", "sqs"))
        url = queue.create_queue(QueueName="partner-central")["QueueUrl"]
        arn = queue.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = {"source": ["aws.partnercentral-selling"], "detail": {"catalog": ["AWS"]}}
        bridge.put_rule(Name="deals", EventPattern=json.dumps(pattern))
        bridge.put_targets(Rule="deals", Targets=[{"Id": "1", "Arn": arn}])
        yield bridge, queue, url


async def test_events_come_through_eventbridge_once_each_and_are_read_again(
    world: AwsWorld, cloud: tuple[Any, Any, str]
) -> None:
    bridge, queue, url = cloud
    prm = partner_central(world)
    deal = await prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    for _ in range(2):
        bridge.put_events(Entries=[event(deal.id)])
    (first, second) = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    for body in (second["Body"], first["Body"], first["Body"], "not an event"):
        queue.send_message(QueueUrl=url, MessageBody=body)

    async def version_of(deal_id: str) -> str:
        return (await prm.get_deal(deal_id, requester=ACME)).version

    inbox = Inbox(world.opened.database)
    reader = QueueReader(inbox, queue=queue, url=url, catalog="AWS", version_of=version_of)
    assert await reader.drain(tenant="default", partner_id="acme") == 2
    told = await prm.changes(since=0, requester=ACME)
    assert [(each.kind, each.record_id, each.version) for each in told] == [("deal.updated", deal.id, deal.version)] * 2
    assert await prm.changes(since=told[0].seq, requester=ACME) == told[1:]
    assert await prm.changes(since=0, requester=BETA) == ()


def test_a_message_of_another_source_is_left_alone() -> None:
    assert read_event(json.dumps({"source": "aws.s3", "detail-type": "Object Created"})) is None
    with pytest.raises(InvalidRecord):
        read_event(json.dumps({"source": "aws.partnercentral-selling", "detail-type": "Opportunity Updated"}))


@pytest.mark.parametrize(
    ("kind", "retryable"),
    [("ThrottlingException", True), ("ConflictException", True), ("InternalServerException", True),
     ("ResourceNotFoundException", False), ("AccessDeniedException", False), ("ValidationException", False)],
)  # fmt: skip
def test_every_error_of_the_service_has_its_place_in_ours(kind: str, retryable: bool) -> None:
    error = explained({"Error": {"Code": kind, "Message": "It did not work."}})
    assert error.retryable is retryable
    assert "It did not work." in error.message


def test_field_names_go_both_ways() -> None:
    for name in ("customer.duns", "value.amount", "lost_reason", "contact.email", "needs", "use_case"):
        assert our_field(aws_field(name)) == name
    assert our_field("PrimaryNeedsFromAws[3]") == "needs"
    assert our_field("Project.ExpectedCustomerSpend[2].Amount") == "value.amount"


@pytest.mark.parametrize(
    "wrong",
    [{}, {"aws_profiles": {"acme": "no-such-profile"}}, {"aws_profiles": {"a": "b"}, "aws_catalog": "Moon"}],
    ids=["none", "no such profile", "no such catalog"],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any], world: AwsWorld) -> None:
    with pytest.raises(SettingsError):
        open_aws(Settings(**wrong), world.opened.database)


async def test_the_same_draft_reads_back_for_every_kind_of_deal(world: AwsWorld) -> None:
    prm = partner_central(world)
    wanted = draft("crm-7", campaign="Spring", mdf_used=True, source=MONTHLY.source.MARKETING)
    assert (await prm.register_deal(wanted, write=by(ACME, "k7"))).draft == wanted
