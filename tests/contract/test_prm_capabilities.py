"""What each PRM offers of the port, operation by operation: a system that lacks one says so by that name, at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from assistant.domain.cosell import CoSellRole, InvitationDraft
from assistant.domain.deals import DealChange
from assistant.domain.funds import FundDraft
from assistant.domain.money import Money
from assistant.errors import NotOffered, PrmError
from assistant.ports.deal_desk import DealDesk
from assistant.ports.prm import DealQuery, PartnerQuery, Prm
from integrations.prm.lacking import VendorDesk
from tests.contract.prm_world import ACME, MANAGER, OFFLINE, by
from tests.contract.test_prm_vendors import MONTHLY, partner_central
from tests.unit.prm.aws_world import aws_world
from tests.unit.prm.microsoft_bench import on_sockets

FUNDS = FundDraft("mdf-acme", Money.read("10", "EUR"), "Day", "Contacts", date(2026, 10, 1), date(2026, 10, 2))
INVITED = InvitationDraft("deal-0", "beta", CoSellRole.DELIVERY, "Join us.")
OPERATIONS: dict[str, Callable[[Prm], Awaitable[object]]] = {
    "find_partners": lambda prm: prm.find_partners(PartnerQuery(), requester=ACME),
    "get_partner": lambda prm: prm.get_partner("acme", requester=ACME),
    "certifications": lambda prm: prm.certifications("acme", requester=ACME),
    "tier_progress": lambda prm: prm.tier_progress("acme", requester=ACME),
    "fund_balance": lambda prm: prm.fund_balance("acme", requester=ACME),
    "find_accounts": lambda prm: prm.find_accounts("", requester=ACME),
    "get_account": lambda prm: prm.get_account("account-named", requester=MANAGER),
    "find_deals": lambda prm: prm.find_deals(DealQuery(), requester=ACME),
    "get_deal": lambda prm: prm.get_deal("deal-0", requester=ACME),
    "check_deal": lambda prm: prm.check_deal(MONTHLY, requester=ACME),
    "register_deal": lambda prm: prm.register_deal(MONTHLY, write=by(ACME, "k")),
    "update_deal": lambda prm: prm.update_deal("deal-0", DealChange(title="New"), write=by(ACME, "k", "1")),
    "withdraw_deal": lambda prm: prm.withdraw_deal("deal-0", "Stopped", write=by(ACME, "k", "1")),
    "extend_deal": lambda prm: prm.extend_deal("deal-0", "Visited", write=by(ACME, "k", "1")),
    "appeal_deal": lambda prm: prm.appeal_deal("deal-0", "Again", write=by(ACME, "k", "1")),
    "invite": lambda prm: prm.invite(INVITED, write=by(ACME, "k")),
    "accept_invitation": lambda prm: prm.accept_invitation("none", write=by(ACME, "k", "1")),
    "decline_invitation": lambda prm: prm.decline_invitation("none", "No", write=by(ACME, "k", "1")),
    "invitations": lambda prm: prm.invitations(requester=ACME),
    "engagement": lambda prm: prm.engagement("deal-0", requester=ACME),
    "request_funds": lambda prm: prm.request_funds(FUNDS, write=by(ACME, "k")),
    "fund_requests": lambda prm: prm.fund_requests(requester=ACME),
    "opportunities": lambda prm: prm.opportunities(requester=ACME),
    "changes": lambda prm: prm.changes(since=0, requester=ACME),
}
RECORDS = {"find_partners", "get_partner", "certifications", "tier_progress", "find_accounts", "get_account"}
FUNDING = {"fund_balance", "request_funds", "fund_requests"}
LACKING: dict[str, set[str]] = {
    **{name: set() for name in OFFLINE},
    "aws": RECORDS | FUNDING | {"withdraw_deal", "extend_deal", "appeal_deal", "opportunities"},
    "microsoft": RECORDS | FUNDING | {"extend_deal", "appeal_deal", "opportunities"},
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A PRM, and how many calls its system has had."""

    prm: Prm
    calls: Callable[[], int]


@pytest.fixture
def counted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counted]:
    if request.param == "microsoft":
        with on_sockets(tmp_path) as (bench, _):
            yield Counted(bench.prm, lambda: len(bench.server.requests))
    elif request.param == "aws":
        with aws_world(tmp_path) as world:
            yield Counted(partner_central(world), lambda: 0)
    else:
        for found in OFFLINE[request.param](tmp_path):
            yield Counted(found.prm, lambda: 0)


def test_every_operation_of_the_port_is_stated_for_every_system() -> None:
    assert set(OPERATIONS) == {name for name in vars(Prm) if not name.startswith("_")}
    assert all(lacks < set(OPERATIONS) for lacks in LACKING.values())


@pytest.mark.parametrize("counted", LACKING, indirect=True)
async def test_an_operation_is_offered_or_refused_as_not_offered_and_nothing_is_sent(
    counted: Counted, request: pytest.FixtureRequest
) -> None:
    lacks = LACKING[request.node.callspec.params["counted"]]
    refused: dict[str, tuple[NotOffered, int]] = {}
    for name, call in OPERATIONS.items():
        before = counted.calls()
        try:
            await call(counted.prm)
        except NotOffered as error:
            refused[name] = error, counted.calls() - before
        except PrmError:
            continue  # offered: it only had nothing of that name
    assert set(refused) == lacks
    for name, (told, sent) in refused.items():
        assert told.code == told.problems[0].code == "not_offered", name
        assert "has no" in told.message, name
        assert told.hint, name
        assert sent == 0, name


async def test_a_vendors_desk_refuses_every_decision_and_lets_nothing_lapse() -> None:
    desk = VendorDesk()
    for name in {name for name in vars(DealDesk) if not name.startswith("_")} - {"tick"}:
        with pytest.raises(NotOffered, match="vendor's own system has no"):
            await getattr(desk, name)("deal-0", requester=MANAGER)
    assert await desk.tick() == 0
