"""What the routes work with: one installation, who may call, limits and counters."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import structlog
from fastapi import Request

from assistant.errors import LiaisonError
from assistant.retrieval.language import question_language
from ingest.sandbox import ParserSandbox
from integrations.bootstrap import Liaison
from integrations.surfaces.http.identity import Doorkeeper
from integrations.surfaces.http.keys import KeyRing
from integrations.surfaces.http.metrics import Metrics
from integrations.surfaces.http.oidc import OidcTokens, open_oidc
from integrations.surfaces.http.rates import RateLimits, Rates
from integrations.surfaces.http.scopes import ALL_SCOPES
from integrations.surfaces.http.turns import Turns
from integrations.surfaces.http.writes import Writes
from integrations.telemetry import Tracing, open_tracing

if TYPE_CHECKING:
    from assistant.agents.agent import Agent

FOLLOW_SECONDS = 3.0
HELLO = "Is there anybody who can answer?"

log = structlog.get_logger("liaison.http")


@dataclass(slots=True)
class Service:
    """One server's parts. `draining` turns true when it is told to stop."""

    liaison: Liaison
    doorkeeper: Doorkeeper
    rates: Rates
    tracing: Tracing
    metrics: Metrics = field(default_factory=Metrics)
    writes: Writes = field(default_factory=Writes)
    sandbox: ParserSandbox = field(default_factory=ParserSandbox)
    turns: Turns = field(default_factory=Turns)
    draining: bool = False
    _opened: AsyncExitStack = field(default_factory=AsyncExitStack)
    _agent: Agent | None = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def agent(self) -> Agent:
        """The agent of this process, opened at its first use."""
        async with self._opening:
            if self._agent is None:
                from integrations.agency import open_agent  # noqa: PLC0415 - its libraries take their time

                self._agent = await self._opened.enter_async_context(open_agent(self.liaison))
            return self._agent

    async def release(self) -> None:
        """Finish the turns on their way and close the agent. Before `close`, in the loop that opened it."""
        await self.turns.finish()
        await self._opened.aclose()

    async def warm_up(self) -> None:
        """Load what the first question would wait for. What cannot be loaded is told by /readyz."""
        try:
            await self.liaison.embedder.embed_query(HELLO)
            # Its model is unpacked to the disk at the first use, which must not be when that is full.
            await asyncio.to_thread(question_language, HELLO, default="en")
            # Its tables are made now, so that questions are answered also when nothing can be written later.
            await asyncio.to_thread(getattr, self.liaison, "conversations")
            if (await self.liaison.content.catalog()).generation:
                await asyncio.to_thread(self.liaison.index.follow)
                if (lexicon := self.liaison.retriever.lexicon) is not None:
                    await asyncio.to_thread(lexicon.word_vectors, [HELLO])
        except LiaisonError as error:
            log.warning("not ready", reason=error.message, hint=error.hint)

    async def follow(self) -> None:
        """Keep the search at the newest content, so that an idle server lets go of indexes that were erased."""
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            if self.liaison.searches:
                try:
                    await asyncio.to_thread(self.liaison.index.follow)
                except LiaisonError:
                    continue  # the next question tells whoever asks it

    def close(self) -> None:
        """Finish the writes that were accepted and give back what was opened."""
        self.writes.close()
        self.sandbox.close()
        self.liaison.close()


def open_service(liaison: Liaison) -> Service:
    """The service of an installation."""
    settings = liaison.settings
    oidc: OidcTokens | None = None
    if settings.oidc_issuer:
        oidc = open_oidc(
            issuer=settings.oidc_issuer,
            audience=settings.oidc_audience,
            jwks_url=settings.oidc_jwks_url,
            claim=settings.oidc_claim,
        )
    ring = KeyRing(store=liaison.api_keys, clock=liaison.clock, known_scopes=ALL_SCOPES)
    keeper = Doorkeeper(keys=ring, people=liaison.directory, oidc=oidc, anonymous=settings.api_anonymous)
    tracing = open_tracing(settings.otlp_endpoint, with_words=settings.log_questions)
    rates = Rates(RateLimits(settings.api_rate), shared=liaison.shared_rates)
    service = Service(liaison, doorkeeper=keeper, rates=rates, tracing=tracing)
    service.metrics.follow(service.metrics.waiting_writes, lambda: float(service.writes.waiting))
    return service


def service_of(request: Request) -> Service:
    """The service that a request is served by."""
    return cast("Service", request.app.state.service)
