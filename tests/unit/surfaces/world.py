"""A server over a small library, called in process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from assistant.ports.clock import Clock
from assistant.ports.embedder import Embedder
from assistant.testing import HashEmbedder
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from integrations.bootstrap import build
from integrations.embedders.minilm import MiniLm
from integrations.settings import Settings
from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.keys import NewKey
from integrations.surfaces.http.service import Service, open_service

PARTNERS = """
partners:
  - {id: acme, tier: gold, regions: [DE, EMEA], locale: en}
  - {id: brightpath, tier: silver, regions: [US], locale: en}
staff:
  - {id: jonas, role: channel_manager, locale: en}
  - {id: callum, role: administrator, locale: en}
"""
LIBRARY = {
    "protection.md": "# Deal protection\n\nAn approved deal registration protects a partner for 90 days. "
    "It can be extended once by 30 days when the customer confirms the project.\n",
    "funds.md": "# Market development funds\n\nClaims for market development funds are paid within 45 days "
    "after the proof of performance was accepted.\n",
    "gold.md": "---\naudience:\n  minimum_tier: gold\n---\n# Gold rebate\n\nGold partners get a quarterly rebate of "
    "7 percent on all renewals.\n",
    "secret.md": "---\naudience:\n  partner_ids: [brightpath]\n---\n# Brightpath plan\n\nBrightpath gets a "
    "dedicated solution architect named Robin Vance.\n",
    "embargo.md": "---\nvalid_from: 2999-01-01\n---\n# Future prices\n\nPrices rise by 12 percent in 2999.\n",
}
STAFF_SCOPES = ("ask", "documents:read", "documents:write", "feedback", "gaps:read")
READER_SCOPES = ("ask", "documents:read", "feedback", "gaps:read")


@contextmanager
def serving(
    folder: Path,
    *,
    library: dict[str, str] | None = None,
    embedder: Embedder | None = None,
    clock: Clock | None = None,
    **settings: Any,
) -> Iterator[Service]:
    """A service over a library of Markdown files; `settings` are the server's."""
    content = folder / "content"
    content.mkdir(parents=True)
    for name, text in (LIBRARY if library is None else library).items():
        (content / name).write_text(text, encoding="utf-8")
    (folder / "partners.yaml").write_text(PARTNERS, encoding="utf-8")
    chosen = Settings.model_validate(
        {"data": folder / "data", "partners": folder / "partners.yaml", "threads": 1, "api_rate": 0, **settings}
    )
    liaison = build(chosen, embedder=embedder or MiniLm(threads=1), clock=clock)
    if any(content.iterdir()):
        liaison.ingest(IngestOptions()).run([open_source(str(content))])
    service = open_service(liaison)
    yield service
    service.close()


@contextmanager
def serving_quickly(folder: Path, **settings: Any) -> Iterator[Service]:
    """A service whose embedder knows no meaning: everything works but good answers."""
    with serving(folder, embedder=HashEmbedder(), **settings) as service:
        yield service


def closing_day() -> str:
    """The fifteenth of a month soon, as people say it."""
    return f"15 {datetime.now(UTC) + timedelta(days=120):%B %Y}"


async def key(service: Service, principal: str = "", scopes: Sequence[str] = READER_SCOPES, *, rate: int = 0) -> NewKey:
    """A key for somebody."""
    return await service.doorkeeper.keys.create(name="test", principal=principal, scopes=scopes, rate_per_minute=rate)


@asynccontextmanager
async def client(service: Service, token: str = "") -> AsyncIterator[httpx.AsyncClient]:
    """A caller with a token."""
    transport = httpx.ASGITransport(app=create_app(service))
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://liaison", headers=headers) as caller:
        yield caller


@asynccontextmanager
async def staff(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator of the vendor."""
    made = await key(service, "administrator:callum", STAFF_SCOPES)
    async with client(service, made.token) as caller:
        yield caller


@asynccontextmanager
async def partner(service: Service, name: str = "acme") -> AsyncIterator[httpx.AsyncClient]:
    """A partner."""
    made = await key(service, f"partner:{name}")
    async with client(service, made.token) as caller:
        yield caller
