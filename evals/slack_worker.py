"""A server of the measurement of the intake: ingress, workers, and the product's replies, over one data directory."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvicorn
from slack_sdk.web.async_client import AsyncWebClient

from assistant.domain.people import Requester, Role, TierLadder
from assistant.ports.prm import Write
from assistant.testing import HashEmbedder
from evals.prm_market import a_draft, customer
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings
from integrations.surfaces.slack.actor import actor_of
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.facts import SlackFacts
from integrations.surfaces.slack.ingress import Ingress
from integrations.surfaces.slack.organizations import VENDOR, Organizations
from integrations.surfaces.slack.outgoing import Governor, SlackCalls
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.replying import Replier, Said
from integrations.surfaces.slack.standing import Traces
from integrations.surfaces.slack.workers import Pace, Workers

SECRET = "of-the-measurement"  # noqa: S105 - of nothing but this run
ACTOR = Requester(user="x", role=Role.PARTNER, partner_id="p0001")


@dataclass
class Turns:
    """The events that were handled, on disk; `runs` counts how often each was begun."""

    file: Path

    def open(self) -> sqlite3.Connection:
        """The table, made where it is missing."""
        table = sqlite3.connect(self.file, isolation_level=None, timeout=30)
        table.execute("PRAGMA journal_mode=WAL")
        table.execute("CREATE TABLE IF NOT EXISTS turn (number INTEGER PRIMARY KEY, runs INTEGER NOT NULL)")
        return table

    def add(self, table: sqlite3.Connection, number: int) -> None:
        """One more run of a turn; the turn itself exists once."""
        table.execute("INSERT INTO turn VALUES (?, 1) ON CONFLICT (number) DO UPDATE SET runs = runs + 1", [number])


class Unmetered(Governor):
    """Room for every call: rates are measured elsewhere."""

    def take(self, *_calls: tuple[str, str]) -> float:
        """Always room."""
        return 0.0


def replying(liaison: Liaison, client: AsyncWebClient) -> Replier:
    """What answers in Slack."""
    calls, slack = SlackCalls(client, Unmetered()), liaison.slack
    organizations = Organizations(teams={"T1": VENDOR})
    who = WhoIsWho(SlackFacts(calls), slack.links, organizations, liaison.directory, TierLadder())
    traces = Traces(slack.desk, calls, "UBOT")
    return Replier(turn=liaison.conversation, who=who, calls=calls, content=liaison.content, traces=traces)


async def worker(folder: Path, port: int, *, deals_every: int, slack_url: str) -> None:
    """One server: ingress and workers on a shared inbox."""
    liaison = build(Settings(data=folder, threads=1), embedder=HashEmbedder())
    session = aiohttp.ClientSession()
    replier = replying(liaison, AsyncWebClient("xoxb-1", base_url=slack_url, session=session, retry_handlers=[]))
    turns = Turns(folder / "turns.sqlite3")
    table = turns.open()

    async def handle(delivery: Delivery) -> None:
        said = delivery.payload["event"]
        number = int(said["text"].rpartition(" ")[2])
        turns.add(table, number)
        if deals_every and number % deals_every == 0:
            dice = random.Random(number)  # noqa: S311 - not a secret
            draft = a_draft(number, customer(dice), dice)
            await liaison.prm.prm.register_deal(draft, write=Write(requester=ACTOR, key=f"slack-{delivery.key}"))
        asked = Said(actor_of(delivery), said["text"], thread=said["ts"], id=said["ts"], again=delivery.again)
        await replier.reply(asked)

    inbox = liaison.slack.inbox
    workers = Workers(inbox, handle, pace=Pace(at_once=8))
    ingress = Ingress(inbox, secret=SECRET, arrived=workers.wake)
    workers.start()
    config = uvicorn.Config(ingress, port=port, log_config=None, access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()
    await workers.stop()
    await session.close()
