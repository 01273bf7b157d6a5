"""The adapter for Partner Center on the server that stands in for it, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from integrations.prm import open_embedded
from integrations.prm.microsoft.api import ReferralsApi
from integrations.prm.microsoft.prm import MicrosoftPrm
from integrations.prm.microsoft.token import AccessTokens, Credentials
from integrations.prm.register.database import Database
from tests.contract.prm_world import DRAFT, TurnableClock
from tests.unit.prm.microsoft_fake import PartnerCenter
from tests.unit.prm.microsoft_wire import on_loopback

AZURE = replace(DRAFT, product="Azure")
SOLUTION = replace(DRAFT, product="SOL-34104-EBB", partner_ref="crm-2")


@dataclass(slots=True)
class Bench:
    """The adapter, the server behind it, and the seconds it waited."""

    server: PartnerCenter
    clock: TurnableClock
    database: Database
    waited: list[float] = field(default_factory=list)
    prm: MicrosoftPrm = field(init=False)

    def account_of(self, partner_id: str, client: httpx.AsyncClient, login: httpx.AsyncClient) -> MicrosoftPrm:
        """The adapter of one partner's account."""
        api = self.api("contoso" if partner_id == "acme" else partner_id, client, login)
        return MicrosoftPrm(api, database=self.database, partner_id=partner_id, clock=self.clock)

    def posted(self) -> MicrosoftPrm:
        """The adapter of acme's account that tells what was posted, not what it asks for."""
        api = self.api("contoso", self.server.client(), self.server.login())
        return MicrosoftPrm(api, database=self.database, partner_id="acme", clock=self.clock, posted=True)

    def api(self, tenant: str, client: httpx.AsyncClient, login: httpx.AsyncClient) -> ReferralsApi:
        """The referrals of the account with this directory."""
        credentials = Credentials(tenant=tenant, client_id="app", secret="s3cret", refresh_token="first")
        tokens = AccessTokens(login, credentials=credentials, clock=self.clock)
        return ReferralsApi(client, tokens=tokens, sleep=self._wait)

    async def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)


@contextmanager
def opened(folder: Path) -> Iterator[Bench]:
    """The adapter with its ledger in a folder, in the same process as the server."""
    clock = TurnableClock()
    office, server = open_embedded(f"sqlite:///{folder / 'prm.db'}", clock=clock), PartnerCenter(clock)
    bench = Bench(server, clock, office.database)
    bench.prm = bench.account_of("acme", server.client(), server.login())
    yield bench
    office.close()


@contextmanager
def on_sockets(folder: Path) -> Iterator[tuple[Bench, MicrosoftPrm]]:
    """The adapters of acme and of beta, with the server behind a socket of this machine."""
    with opened(folder) as bench, on_loopback(bench.server.answer) as api, on_loopback(bench.server.grant) as login:

        def account(partner_id: str) -> MicrosoftPrm:
            return bench.account_of(partner_id, httpx.AsyncClient(base_url=api), httpx.AsyncClient(base_url=login))

        bench.prm = account("acme")
        yield bench, account("beta")
