from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.errors import InvalidRecord
from integrations.prm import OpenPrm, opened
from integrations.prm.webhooks import GIVE_UP, HEADER, Courier, sign, verify
from tests.contract.prm_world import ACME, BETA, WORLD, TurnableClock, a_draft, by


class Receiver:
    """A server that keeps what it gets and answers with `status`."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        return httpx.Response(self.status)

    @property
    def events(self) -> list[tuple[int, str]]:
        bodies = [json.loads(request.content) for request in self.got]
        return [(body["seq"], body["kind"]) for body in bodies]


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def office(tmp_path: Path, clock: TurnableClock) -> Iterator[OpenPrm]:
    with opened(f"sqlite:///{tmp_path / 'prm.db'}", clock=clock) as found:
        found.load(WORLD, tenant="default")
        yield found


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def courier(office: OpenPrm, receiver: Receiver) -> Courier:
    return Courier(office.database, client=httpx.AsyncClient(transport=httpx.MockTransport(receiver)))


async def two_deals(office: OpenPrm) -> None:
    deal = await office.prm.register_deal(a_draft("one"), write=by(ACME, "k1"))
    await office.prm.register_deal(a_draft("two"), write=by(BETA, "k2"))
    await office.prm.withdraw_deal(deal.id, "Cancelled.", write=by(ACME, "k3", deal.version))


async def test_events_arrive_signed_once_and_in_order(
    office: OpenPrm, courier: Courier, receiver: Receiver, clock: TurnableClock
) -> None:
    hook = courier.add("https://crm.example/hook", tenant="default")
    await two_deals(office)
    assert await courier.deliver() == 3
    assert [kind for _, kind in receiver.events] == ["deal.registered", "deal.registered", "deal.withdrawn"]
    seconds = int(clock.now().timestamp())
    for request in receiver.got:
        assert verify(hook.secret, request.content, request.headers[HEADER], seconds=seconds)
    assert await courier.deliver() == 0


async def test_a_partners_webhook_gets_only_what_the_partner_may_know(
    office: OpenPrm, courier: Courier, receiver: Receiver
) -> None:
    courier.add("https://acme.example/hook", tenant="default", partner_id="acme")
    await two_deals(office)
    assert await courier.deliver() == 2
    assert [kind for _, kind in receiver.events] == ["deal.registered", "deal.withdrawn"]


async def test_a_failed_delivery_is_tried_again_later_and_nothing_overtakes_it(
    office: OpenPrm, courier: Courier, receiver: Receiver, clock: TurnableClock
) -> None:
    courier.add("https://crm.example/hook", tenant="default")
    await two_deals(office)
    receiver.status = 500
    assert await courier.deliver() == 0
    assert await courier.deliver() == 0
    assert len(receiver.got) == 1
    clock.turn(seconds=30)
    await courier.deliver()
    assert len(receiver.got) == 2
    receiver.status = 200
    clock.turn(seconds=59)
    assert await courier.deliver() == 0
    clock.turn(seconds=1)
    assert await courier.deliver() == 3
    assert [seq for seq, _ in receiver.events[2:]] == sorted({seq for seq, _ in receiver.events})


async def test_a_webhook_that_never_answers_is_given_up(
    office: OpenPrm, courier: Courier, receiver: Receiver, clock: TurnableClock
) -> None:
    courier.add("https://crm.example/hook", tenant="default")
    await two_deals(office)
    receiver.status = 503
    for _ in range(GIVE_UP + 5):
        await courier.deliver()
        clock.turn(hours=7)
    assert len(receiver.got) == GIVE_UP


def test_a_signature_is_good_for_its_body_secret_and_five_minutes() -> None:
    header = sign("secret", b"body", seconds=1000)
    assert verify("secret", b"body", header, seconds=1300)
    assert not verify("secret", b"body", header, seconds=1301)
    assert not verify("secret", b"bodx", header, seconds=1000)
    assert not verify("other", b"body", header, seconds=1000)
    assert not any(verify("secret", b"body", text, seconds=1000) for text in ("", "t=,v1=", "t=x,v1=0", "t=1000"))


@pytest.mark.parametrize("url", ["ftp://a.example", "http://a.example/x", "nonsense", "https://"])
def test_an_address_that_is_not_safe_is_refused(courier: Courier, url: str) -> None:
    with pytest.raises(InvalidRecord):
        courier.add(url, tenant="default")
