"""The adapter for Microsoft Partner Center against a server that behaves as its pages say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.domain.cosell import CoSellRole, InvitationDraft, InvitationState
from assistant.domain.deals import DealChange, DealKind, DealState, LostReason, SalesStage
from assistant.domain.money import Money
from assistant.errors import (
    Forbidden,
    InvalidRecord,
    KeyReused,
    NotAllowedInState,
    NotOffered,
    OutcomeUnknown,
    RecordNotFound,
    StaleVersion,
)
from assistant.ports.prm import DealQuery, PartnerQuery
from tests.contract.prm_world import ACME, BETA, MANAGER, by
from tests.unit.prm.microsoft_bench import AZURE, SOLUTION, Bench, opened


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with opened(tmp_path) as found:
        yield found


async def test_a_deal_becomes_one_referral_with_every_field_the_api_has(bench: Bench) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    (kept,) = bench.server.referrals.values()
    assert (kept["type"], kept["externalReferenceId"], kept["details"]["dealValue"]) == ("Independent", "crm-1", 40000)
    assert kept["details"]["closingDateTime"] == "2026-12-01T00:00:00Z"
    assert kept["consent"] == {"consentToToShareInfoWithOthers": True, "consentToContact": True}
    assert (deal.state, deal.version) == (DealState.SUBMITTED, kept["eTag"])
    assert deal.draft == replace(AZURE, customer=replace(AZURE.customer, website=""))
    assert await bench.prm.get_deal(deal.id, requester=ACME) == deal


async def test_a_solution_is_shared_with_microsoft_in_the_same_engagement(bench: Bench) -> None:
    deal = await bench.prm.register_deal(SOLUTION, write=by(ACME, "k1"))
    mine, theirs = bench.server.referrals.values()
    assert mine["target"] == [{"type": "SolutionProfile", "id": "SOL-34104-EBB"}]
    assert theirs["target"] == [{"type": "BusinessProfileLocation", "id": "msft"}]
    assert mine["engagementId"] == theirs["engagementId"]
    assert (mine["id"], deal.draft.product) == (deal.id, "SOL-34104-EBB")


@pytest.mark.parametrize("fault", ["gone", "lost", 503])
@pytest.mark.parametrize("draft", [AZURE, SOLUTION], ids=["own", "shared"])
@pytest.mark.parametrize("call", [0, 1])
async def test_a_registration_whose_answer_was_lost_is_repeated_without_a_second_referral(
    bench: Bench, fault: str | int, draft: object, call: int
) -> None:
    wanted = SOLUTION if draft is SOLUTION else AZURE
    expected = 2 if wanted is SOLUTION else 1
    bench.server.faults = [*(["none"] * (call + 1)), fault]  # it looks first whether the reference is free
    if expected > call:
        with pytest.raises(OutcomeUnknown):
            await bench.prm.register_deal(wanted, write=by(ACME, "k1"))
    bench.server.faults = []
    deal = await bench.prm.register_deal(wanted, write=by(ACME, "k1"))
    assert len(bench.server.referrals) == expected
    assert await bench.prm.register_deal(wanted, write=by(ACME, "k1")) == deal
    assert len(bench.server.referrals) == expected


async def test_every_attempt_carries_the_same_request_id_and_its_own_correlation_id(bench: Bench) -> None:
    bench.server.faults = ["none", "gone"]
    with pytest.raises(OutcomeUnknown):
        await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    posts = [request for request in bench.server.requests if request.method == "POST"]
    assert len({request.headers["MS-RequestId"] for request in posts}) == 1
    assert len({request.headers["MS-CorrelationId"] for request in posts}) == 2


async def test_the_same_key_with_another_body_is_refused_before_the_call(bench: Bench) -> None:
    await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    calls = len(bench.server.requests)
    with pytest.raises(KeyReused):
        await bench.prm.register_deal(replace(AZURE, title="Another"), write=by(ACME, "k1"))
    assert len(bench.server.requests) == calls


async def test_a_change_is_a_json_patch_on_the_version_that_was_seen(bench: Bench) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    edit = DealChange(value=Money.read("10000", "EUR"), problem="They need backup in three regions now.")
    changed = await bench.prm.update_deal(deal.id, edit, write=by(ACME, "k2", deal.version))
    patch = bench.server.requests[-1]
    assert (patch.method, patch.headers["If-Match"]) == ("PATCH", deal.version)
    assert json.loads(patch.content) == [
        {"op": "replace", "path": "/details/notes", "value": "They need backup in three regions now."},
        {"op": "replace", "path": "/details/dealValue", "value": "10000"},
        {"op": "replace", "path": "/details/currency", "value": "EUR"},
    ]
    assert changed.draft == edit.applied_to(deal.draft)
    assert changed.version != deal.version


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (DealChange(value=Money.read("-1", "EUR")), "value.amount"),
        (DealChange(target_close=date(2020, 1, 1)), "target_close"),
        (DealChange(stage=SalesStage.CLOSED_LOST), "lost_reason"),
        (DealChange(title=""), "title"),
    ],
)
async def test_a_change_with_a_flaw_is_refused_before_it_is_sent(bench: Bench, edit: DealChange, field: str) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    with pytest.raises(InvalidRecord) as caught:
        await bench.prm.update_deal(deal.id, edit, write=by(ACME, "k2", deal.version))
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not [request for request in bench.server.requests if request.method == "PATCH"]
    sound = DealChange(title="New name")
    assert (await bench.prm.update_deal(deal.id, sound, write=by(ACME, "k2", deal.version))).draft.title == "New name"


async def test_an_answer_without_a_body_is_read_again(bench: Bench) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    bench.server.faults = ["none", "none", "none", "none"]  # while faults wait, the server answers 204
    changed = await bench.prm.update_deal(deal.id, DealChange(title="New name"), write=by(ACME, "k2", deal.version))
    assert changed.draft.title == "New name"
    assert bench.server.requests[-1].method == "GET"


@pytest.mark.parametrize("version", ["", '"old"'])
async def test_a_stale_version_is_refused_and_nothing_is_lost(bench: Bench, version: str) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    with pytest.raises(StaleVersion):
        await bench.prm.update_deal(deal.id, DealChange(title="Mine"), write=by(ACME, "k2", version))
    assert bench.server.referrals[deal.id]["name"] == AZURE.title
    changed = await bench.prm.update_deal(deal.id, DealChange(title="Mine"), write=by(ACME, "k2", deal.version))
    assert changed.draft.title == "Mine"


@pytest.mark.parametrize("fault", ["gone", "lost"])
async def test_a_change_whose_answer_was_lost_is_made_once(bench: Bench, fault: str) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    bench.server.faults = ["none", "none", fault]
    write = by(ACME, "k2", deal.version)
    with pytest.raises(OutcomeUnknown):
        await bench.prm.update_deal(deal.id, DealChange(title="Once"), write=write)
    changed = await bench.prm.update_deal(deal.id, DealChange(title="Once"), write=write)
    assert changed.draft.title == "Once"
    patches = [request for request in bench.server.requests if request.method == "PATCH"]
    assert len(patches) == (1 if fault == "lost" else 2)


@pytest.mark.parametrize(
    ("edit", "state", "substatus"),
    [
        (DealChange(stage=SalesStage.LAUNCHED), DealState.WON, "Won"),
        (DealChange(stage=SalesStage.CLOSED_LOST, lost_reason=LostReason.PRICE), DealState.LOST, "Lost"),
    ],
)
async def test_the_last_stage_closes_the_referral_for_good(
    bench: Bench, edit: DealChange, state: DealState, substatus: str
) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    closed = await bench.prm.update_deal(deal.id, edit, write=by(ACME, "k2", deal.version))
    assert (closed.state, bench.server.referrals[deal.id]["substatus"]) == (state, substatus)
    with pytest.raises(NotAllowedInState):
        await bench.prm.update_deal(deal.id, DealChange(title="x"), write=by(ACME, "k3", closed.version))


async def test_a_withdrawn_deal_is_known_as_withdrawn(bench: Bench) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    gone = await bench.prm.withdraw_deal(deal.id, "Project stopped", write=by(ACME, "k2", deal.version))
    assert (gone.state, gone.comment) == (DealState.WITHDRAWN, "Project stopped")


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (replace(AZURE, product="keep"), "product", "unknown_product"),
        (replace(AZURE, next_steps="Call"), "next_steps", "not_offered"),
        (replace(AZURE, kind=DealKind.RENEWAL), "kind", "not_offered"),
        (replace(AZURE, customer=replace(AZURE.customer, industry="Magic")), "customer.industry", "unknown_industry"),
        (replace(AZURE, title=""), "title", "required"),
    ],
)
async def test_what_a_referral_cannot_say_is_refused_before_the_call(
    bench: Bench, draft: object, field: str, code: str
) -> None:
    with pytest.raises(InvalidRecord) as caught:
        await bench.prm.register_deal(draft, write=by(ACME, "k1"))  # type: ignore[arg-type]
    assert (field, code) in {(problem.field, problem.code) for problem in caught.value.problems}
    assert bench.server.requests == []


async def test_what_the_api_lacks_says_so(bench: Bench) -> None:
    for call in (
        bench.prm.find_partners(PartnerQuery(), requester=ACME),
        bench.prm.extend_deal("x", "Visited", write=by(ACME, "k")),
        bench.prm.fund_requests(requester=ACME),
    ):
        with pytest.raises(NotOffered) as caught:
            await call
        assert "Microsoft's referrals API has no" in caught.value.message


async def test_another_partner_sees_nothing_of_the_account(bench: Bench) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    assert (await bench.prm.find_deals(DealQuery(), requester=BETA)).items == ()
    with pytest.raises(RecordNotFound):
        await bench.prm.get_deal(deal.id, requester=BETA)
    with pytest.raises(Forbidden):
        await bench.prm.register_deal(AZURE, write=by(BETA, "k1"))
    assert (await bench.prm.get_deal(deal.id, requester=MANAGER)).id == deal.id


async def test_an_invitation_is_a_connected_referral_and_an_incoming_one_is_answered_once(bench: Bench) -> None:
    deal = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    draft = InvitationDraft(deal.id, "location-9", CoSellRole.DELIVERY, "Join us")
    sent = await bench.prm.invite(draft, write=by(ACME, "k2"))
    assert (sent.state, sent.draft.invitee) == (InvitationState.PENDING, "location-9")
    mine = bench.server.referrals[deal.id]
    incoming = bench.server.add(
        {**mine, "id": "in-1", "direction": "Incoming", "type": "Shared", "organizationId": "org-msft"}
    )
    listed = (await bench.prm.invitations(requester=ACME)).items
    assert {item.id for item in listed} == {sent.id, "in-1"}
    masked = next(item for item in listed if item.id == "in-1")
    assert (masked.inviter, masked.customer_name) == ("", "")
    accepted = await bench.prm.accept_invitation("in-1", write=by(ACME, "k3", incoming["eTag"]))
    assert (accepted.state, accepted.inviter) == (InvitationState.ACCEPTED, "org-msft")
    team = await bench.prm.engagement(deal.id, requester=ACME)
    assert {member.partner_id for member in team.members} == {"acme", "org-msft"}


async def test_what_happened_is_told_from_the_last_update_on(bench: Bench) -> None:
    first = await bench.prm.register_deal(AZURE, write=by(ACME, "k1"))
    second = await bench.prm.register_deal(replace(AZURE, partner_ref="two"), write=by(ACME, "k2"))
    told = await bench.prm.changes(since=0, requester=ACME)
    assert [change.record_id for change in told] == [first.id, second.id]
    assert await bench.prm.changes(since=told[-1].seq, requester=ACME) == ()
