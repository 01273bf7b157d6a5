"""Calls to Partner Center: pages, throttling, tokens, errors, settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import (
    Forbidden,
    NotAllowedInState,
    NotAuthenticated,
    ProviderUnavailable,
    RecordNotFound,
    SettingsError,
    Throttled,
)
from assistant.ports.prm import DealQuery, Window
from integrations.bootstrap import build
from integrations.prm.microsoft.api import skip_token
from integrations.prm.microsoft.token import AccessTokens, Credentials
from integrations.settings import Settings
from tests.contract.prm_world import ACME, TurnableClock, by
from tests.unit.prm.microsoft_bench import AZURE, Bench, opened
from tests.unit.prm.microsoft_fake import PartnerCenter


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with opened(tmp_path) as found:
        yield found


async def test_pages_follow_the_next_link_without_trusting_its_host(bench: Bench) -> None:
    bench.server.page_size = 2
    for number in range(5):
        await bench.prm.register_deal(replace(AZURE, partner_ref=f"r{number}"), write=by(ACME, f"k{number}"))
    seen: list[str] = []
    window = Window(limit=2)
    while True:
        page = await bench.prm.find_deals(DealQuery(), requester=ACME, window=window)
        seen += [deal.draft.partner_ref for deal in page.items]
        if not page.cursor:
            break
        window = Window(limit=2, cursor=page.cursor)
    assert seen == ["r4", "r3", "r2", "r1", "r0"]
    assert {request.url.host for request in bench.server.requests} == {"api.partner.example"}
    assert skip_token(None) == ""


async def test_a_throttled_call_waits_as_long_as_it_is_told_and_ever_longer(bench: Bench) -> None:
    bench.server.faults = [429, 429]
    assert (await bench.prm.find_deals(DealQuery(), requester=ACME)).items == ()
    assert bench.waited == [2.0, 4.0]
    bench.server.faults = [429] * 4
    with pytest.raises(Throttled) as caught:
        await bench.prm.find_deals(DealQuery(), requester=ACME)
    assert caught.value.retry_after == 2.0


async def test_a_token_is_kept_renewed_before_it_ends_and_when_it_is_refused(bench: Bench) -> None:
    for _ in range(3):
        await bench.prm.find_deals(DealQuery(), requester=ACME)
    assert [form["grant_type"] for form in bench.server.granted] == ["refresh_token"]
    bench.clock.turn(minutes=56)
    await bench.prm.find_deals(DealQuery(), requester=ACME)
    assert [form["refresh_token"] for form in bench.server.granted] == ["first", "refresh-1"]
    bench.server.tokens.clear()
    await bench.prm.find_deals(DealQuery(), requester=ACME)
    assert len(bench.server.granted) == 3


async def test_an_application_alone_asks_with_its_own_credentials_and_a_wrong_secret_is_told() -> None:
    server = PartnerCenter()
    mine = Credentials(tenant="contoso", client_id="app", secret="s3cret")
    assert await AccessTokens(server.login(), credentials=mine, clock=TurnableClock()).token() == "token-1"
    assert server.granted[0]["grant_type"] == "client_credentials"
    with pytest.raises(NotAuthenticated) as caught:
        await AccessTokens(server.login(), credentials=replace(mine, secret="x"), clock=TurnableClock()).token()
    assert "LIAISON_MICROSOFT" in caught.value.hint


@pytest.mark.parametrize(
    ("status", "kind"), [(403, Forbidden), (404, RecordNotFound), (409, NotAllowedInState), (500, ProviderUnavailable)]
)
async def test_an_error_of_the_api_is_one_of_ours(bench: Bench, status: int, kind: type[Exception]) -> None:
    bench.server.faults = [status]
    with pytest.raises(kind):
        await bench.prm.get_deal("x", requester=ACME)


def test_settings_that_miss_something_name_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        _ = build(Settings(data=tmp_path, prm="microsoft", microsoft_tenant="contoso")).prm
    assert "LIAISON_MICROSOFT_CLIENT" in caught.value.hint
    assert "LIAISON_MICROSOFT_TENANT" not in caught.value.hint
