"""The adapter for Partner Center on the server that stands in for it, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from integrations.prm import open_embedded
from integrations.prm.microsoft.api import ReferralsApi
from integrations.prm.microsoft.prm import MicrosoftPrm
from integrations.prm.microsoft.token import AccessTokens, Credentials
from tests.contract.prm_world import DRAFT, TurnableClock
from tests.unit.prm.microsoft_fake import PartnerCenter

AZURE = replace(DRAFT, product="Azure")
SOLUTION = replace(DRAFT, product="SOL-34104-EBB", partner_ref="crm-2")


@dataclass(slots=True)
class Bench:
    """The adapter, the server behind it, and the seconds it waited."""

    prm: MicrosoftPrm
    server: PartnerCenter
    clock: TurnableClock
    waited: list[float] = field(default_factory=list)


@contextmanager
def opened(folder: Path) -> Iterator[Bench]:
    """The adapter with its ledger in a folder."""
    clock, server = TurnableClock(), PartnerCenter()
    office = open_embedded(f"sqlite:///{folder / 'prm.db'}", clock=clock)
    credentials = Credentials(tenant="contoso", client_id="app", secret="s3cret", refresh_token="first")
    tokens = AccessTokens(server.login(), credentials=credentials, clock=clock)
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    api = ReferralsApi(server.client(), tokens=tokens, sleep=wait)
    prm = MicrosoftPrm(api, database=office.database, partner_id="acme", clock=clock)
    yield Bench(prm, server, clock, waited)
    office.close()
