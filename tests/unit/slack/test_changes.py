"""Edit on cards of changes: a form of what is proposed, and a new card in the place of the old one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assistant.domain.approvals import ApprovalState, Argument, Proposal, Source
from assistant.domain.cosell import CoSellRole, InvitationDraft
from assistant.domain.deals import DealChange, SalesStage
from assistant.domain.funds import FundDraft
from assistant.domain.money import Money
from assistant.tools.writes import (
    AnswerInvitation,
    Command,
    ExtendDeal,
    InvitePartner,
    RejectReview,
    RequestFunds,
    UpdateDeal,
    WithdrawDeal,
    payload_of,
    tool_of,
)
from integrations.surfaces.slack.blockkit import check_view
from integrations.surfaces.slack.change_fields import EDITED, editable, editing_of
from integrations.surfaces.slack.form_view import change_form
from integrations.surfaces.slack.samples import MOMENT
from tests.slack.mock import Json, Message
from tests.slack.people import ACME, DANA, LENA, OLAF, Office, a_customer, found, shown_in, text

FUNDS = FundDraft("A-1", Money(Decimal("4000.50"), "EUR"), "Workshop", "20 leads", date(2027, 3, 1), date(2027, 3, 2))
INVITATION = InvitationDraft(deal_id="D-1", invitee="beta", role=CoSellRole.TECHNICAL, message="Join us.")


def proposal(command: Command, *arguments: Argument) -> Proposal:
    return Proposal(tool_of(command), payload_of(command), arguments, requester=ACME, thread="t", expires_at=MOMENT)


@pytest.mark.parametrize(
    ("command", "values", "fixed"),
    [
        (WithdrawDeal("D-1", "They stay."), {"reason": "They stay."}, {"deal": "D-1"}),
        (
            ExtendDeal("D-1", "A demo.", date(2027, 5, 31)),
            {"evidence": "A demo.", "until": "2027-05-31"},
            {"deal": "D-1"},
        ),
        (
            RequestFunds(FUNDS),
            {"activity": "Workshop", "outcome": "20 leads", "amount": "4000.50", "currency": "EUR"}
            | {"starts": "2027-03-01", "ends": "2027-03-02"},
            {"allocation": "A-1"},
        ),
        (InvitePartner(INVITATION), {"message": "Join us."}, {"deal": "D-1", "partner": "beta", "role": "technical"}),
        (RejectReview("D-1", "Ours."), {"reason": "Ours."}, {"deal": "D-1"}),
        (AnswerInvitation("I-1", False, "No staff."), {"reason": "No staff."}, {"invitation": "I-1", "accept": False}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_is_proposed_stands_in_the_form_and_the_rest_stays(
    command: Command, values: dict[str, str], fixed: dict[str, str]
) -> None:
    editing = editing_of(proposal(command))
    assert editing is not None
    assert (dict(editing.values), dict(editing.fixed)) == (values, fixed)
    assert {field.name for field in editing.fields} == set(values)
    form = change_form("P-1:x", editing, "ja")
    assert (check_view(form), form["private_metadata"]) == ([], "P-1:x")


def test_of_a_changed_deal_the_changed_fields_are_asked_for_and_others_kept() -> None:
    change = DealChange(value=Money(Decimal(500), "EUR"), stage=SalesStage.QUALIFIED)
    made = proposal(
        UpdateDeal("D-1", change),
        Argument("deal_id", "D-1", Source.RECORD),
        Argument("value.amount", "500", Source.SAID, before="400"),
        Argument("value.currency", "EUR", Source.RECORD, before="EUR"),
        Argument("stage", "qualified", Source.SAID),
    )
    editing = editing_of(made)
    assert editing is not None
    assert (dict(editing.values), dict(editing.fixed)) == ({"amount": "500"}, {"deal": "D-1", "stage": "qualified"})


@pytest.mark.parametrize(
    "made",
    [
        proposal(AnswerInvitation("I-1", True)),
        proposal(UpdateDeal("D-1", DealChange(use_case="x")), Argument("use_case", "x", Source.SAID)),
        proposal(
            UpdateDeal("D-1", DealChange(stage=SalesStage.QUALIFIED)), Argument("stage", "qualified", Source.SAID)
        ),
    ],
)
def test_what_no_form_asks_for_has_no_edit(made: Proposal) -> None:
    assert editing_of(made) is None
    assert not editable(made)


async def withdrawal(office: Office, customer: str) -> Message:
    """The card of a proposal to take back a deal that stands."""
    await office.click(await office.proposed(customer), "approval_approve")
    await office.say(f"Please withdraw the deal with {customer}, they went elsewhere.", thread_ts=f"20.{customer}")
    return card_in(office, f"20.{customer}")


def card_in(office: Office, thread: str) -> Message:
    """The newest card of a thread."""
    said = [each for each in office.said_in("D1") if each.thread == thread]
    return [each for each in said if found(each.blocks, "approval_edit")][-1]


def asked(form: Json) -> dict[str, str]:
    blocks = form["blocks"]
    return {block["block_id"]: str(block["element"].get("initial_value")) for block in blocks}


async def test_editing_a_withdrawal_proposes_it_anew_and_voids_the_old_card(office: Office) -> None:
    customer = a_customer()
    card = await withdrawal(office, customer)
    await office.click(card, "approval_edit")
    form = office.form()
    assert (form["callback_id"], list(asked(form))) == ("change_form", ["reason"])
    shown = await office.send({"reason": text("Their budget was cut until 2029.")})
    assert "The proposal is in your direct messages" in str(shown)
    await office.settle()
    await office.follow()
    assert found(office.slack.messages[card.ts].blocks, "approval_approve") is None
    anew = card_in(office, card.thread)
    assert "Their budget was cut until 2029." in shown_in(anew)
    await office.click(anew, "approval_approve")
    assert f"{customer}: withdrawn" in await office.deals()


async def test_a_field_that_is_wrong_is_told_where_it_stands(office: Office) -> None:
    card = await withdrawal(office, a_customer())
    await office.click(card, "approval_edit")
    shown = await office.send({"reason": text("x" * 501)})
    assert shown == {"response_action": "errors", "errors": {"reason": "Too long. Please shorten it."}}


async def test_every_change_that_has_a_form_has_the_tool_that_takes_it(office: Office) -> None:
    workspace = await office.surface.handle.workspaces.team("T1")
    assert workspace is not None
    tools = workspace.app.interactions.changes.tools
    assert {*EDITED, "update_deal"} == set(tools)
    for name, fields in EDITED.items():
        assert {field.name for field in fields} <= set(tools[name].inputs.model_fields), name


@pytest.mark.parametrize("who", [OLAF, DANA])
async def test_nobody_else_sends_the_form(office: Office, who: str) -> None:
    card = await withdrawal(office, a_customer())
    await office.click(card, "approval_edit")
    shown = await office.send({"reason": text("Mine now.")}, by=who)
    assert "Mine now." not in str(shown)
    assert any(word in str(shown) for word in ("not yours", "pas à vous"))
    assert (await office.approval(card)).state is ApprovalState.PENDING


async def test_a_form_that_is_sent_twice_proposes_once(office: Office) -> None:
    card = await withdrawal(office, a_customer())
    await office.click(card, "approval_edit")
    shown = [await office.send({"reason": text("Their budget was cut until 2029.")}) for _ in range(2)]
    assert "nothing more was done" in str(shown[1])
    await office.settle()
    cards = [each for each in office.said_in("D1") if "Their budget was cut until 2029." in shown_in(each)]
    assert len(cards) == 1


async def test_a_decided_card_no_longer_says_that_it_waits(office: Office) -> None:
    card = await office.proposed()
    assert "Nothing is written until you approve it" in shown_in(card)
    await office.click(card, "approval_approve", by=LENA)
    decided = shown_in(office.slack.messages[card.ts])
    assert "Nothing is written until" not in decided
    assert "It can be decided until" not in decided
