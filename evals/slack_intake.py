"""Whether every Slack event is handled exactly once, while the servers that take them are killed.

python -m evals.slack_intake [--events 10000] [--deliveries 4] [--deals-every 10] [--kill-every 800]

Two server processes share one inbox. Every event is delivered until it is acknowledged and then again and again, to
either of them, as Slack does; meanwhile one of them is killed (SIGKILL) at random, again and again, and started anew:
once in so many deliveries, so that a slow machine does not spend its time on starting servers.
Every event is a question in a direct message, answered from a little library by the product's own conversation and
streamed to a Slack that is not killed. A turn is what the thread keeps of it, a reply what Slack shows; every tenth
event also registers a deal in the PRM. A turn that was killed before its answer was kept is worked out again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from assistant.domain.partners import Program, Tier
from assistant.ports.prm import DealQuery, Window
from assistant.ports.prm_archive import Archive
from assistant.testing import HashEmbedder
from evals.prm_market import partners
from evals.slack_seen import SeenSlack, serving
from evals.slack_worker import ACTOR, SECRET, Turns, worker
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings
from integrations.surfaces.slack.manifest import PATH
from integrations.surfaces.slack.signature import signature

AT_ONCE = 32
PEOPLE = 200
LIBRARY = (
    "# Deal protection\n\nAn approved deal registration protects a partner for 90 days. It can be extended once by "
    "30 days when the customer confirms the project.\n"
)


@dataclass
class Fleet:
    """The two servers, seen from outside."""

    folder: Path
    deals_every: int
    slack_url: str
    ports: list[int] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0
    made: int = 0  # deliveries so far

    def start(self, place: int) -> subprocess.Popen[bytes]:
        """Start one of them."""
        words = ["--serve", str(self.folder), "--port", str(self.ports[place]), "--deals-every", str(self.deals_every)]
        command = [sys.executable, "-m", "evals.slack_intake", *words, "--slack-url", self.slack_url]
        return subprocess.Popen(command)  # noqa: S603 - this very program

    async def killing(self, every: int) -> None:
        """Kill one at random in so many deliveries on average, and start it anew; the other one serves meanwhile."""
        while True:
            for port in self.ports:
                await answering(port)
            due = self.made + random.uniform(0.5, 1.5) * every  # noqa: S311 - not a secret
            while self.made < due:  # noqa: ASYNC110 - it grows by what other tasks deliver
                await asyncio.sleep(0.01)
            place = random.randrange(len(self.processes))  # noqa: S311 - not a secret
            self.processes[place].kill()
            await asyncio.to_thread(self.processes[place].wait)
            self.kills += 1
            self.processes[place] = self.start(place)


async def answering(port: int) -> None:
    """Return when somebody listens there."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.2)
        else:
            writer.close()
            return


def event(number: int) -> bytes:
    """An event of Slack."""
    who = {"channel": f"D{number % PEOPLE}", "user": f"U{number % PEOPLE}", "user_team": "T1", "channel_type": "im"}
    text = f"How long does an approved deal registration protect deal {number}"
    said = {"type": "message", **who, "text": text, "ts": f"17.{number:06d}"}
    return json.dumps({"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": said}).encode()


async def deliver(client: aiohttp.ClientSession, port: int, body: bytes) -> bool:
    """Whether one delivery was acknowledged; not when nobody listens there, or not any more."""
    stamp = str(int(time.time())).encode()
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp.decode(),
        "x-slack-signature": signature(SECRET.encode(), stamp, body).decode(),
    }
    try:
        async with client.post(f"http://127.0.0.1:{port}{PATH}", data=body, headers=headers) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False


async def deliver_all(fleet: Fleet, events: int, deliveries: int) -> None:
    """Deliver every event until it was acknowledged, and `deliveries` times at least."""
    left = [number for number in range(events) for _ in range(deliveries)]
    random.shuffle(left)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as client:

        async def one() -> None:
            while left:
                number = left.pop()
                while not await deliver(client, random.choice(fleet.ports), event(number)):  # noqa: S311
                    fleet.made += 1
                    await asyncio.sleep(0.2)
                fleet.made += 1

        await asyncio.gather(*(one() for _ in range(AT_ONCE)))


async def measured(folder: Path, asked: argparse.Namespace, slack: SeenSlack) -> dict[str, Any]:
    """Run it all and count."""
    fleet = Fleet(folder, asked.deals_every, slack.url, ports=[free_port(), free_port()])
    liaison = await prepared(folder)
    fleet.processes = [fleet.start(0), fleet.start(1)]
    for port in fleet.ports:
        await answering(port)
    began = time.monotonic()
    try:
        killing = asyncio.create_task(fleet.killing(asked.kill_every))
        await deliver_all(fleet, asked.events, asked.deliveries)
        delivered = time.monotonic() - began
        killing.cancel()
        async with asyncio.timeout(3600):
            while await liaison.slack.inbox.waiting():  # noqa: ASYNC110 - other processes empty it
                await asyncio.sleep(1)
    finally:
        for process in fleet.processes:
            process.send_signal(signal.SIGTERM)
        for process in fleet.processes:
            await asyncio.to_thread(process.wait)
    counted = Turns(folder / "turns.sqlite3").open().execute("SELECT count(*), sum(runs) FROM turn").fetchone()
    kept = sqlite3.connect(folder / "conversations.sqlite3").execute("SELECT count(*), count(DISTINCT key) FROM turns")
    turns, answered = kept.fetchone()
    deals = await registered(liaison)
    liaison.close()
    wanted = -(-asked.events // asked.deals_every) if asked.deals_every else 0
    return {
        "events": asked.events,
        "deliveries": fleet.made,
        "kills": fleet.kills,
        "turns kept": turns,
        "turns kept twice": turns - answered,
        "handled again after a kill": counted[1] - counted[0],
        **replies(slack),
        "acknowledged and lost": asked.events - answered,
        "deals wanted": wanted,
        "deals registered": deals,
        "seconds of delivering": round(delivered, 1),
        "seconds in all": round(time.monotonic() - began, 1),
    }


def replies(slack: SeenSlack) -> dict[str, int]:
    """What people see: the threads with a whole reply, and those with another one, an unfinished or an empty one."""
    shown = list(slack.threads.values())
    told = [message for thread in shown for message in thread]
    return {
        "threads with a reply": len(shown),
        "second replies": sum(len(thread) - 1 for thread in shown),
        "replies unfinished or empty": sum(not (message.ended and message.text) for message in told),
        "calls of Slack": slack.calls,
    }


async def prepared(folder: Path) -> Liaison:
    """An installation with a document and partners, its tables made."""
    liaison = build(Settings(data=folder, threads=1), embedder=HashEmbedder())
    content = folder / "content"
    content.mkdir()
    (content / "protection.md").write_text(LIBRARY, encoding="utf-8")
    await asyncio.to_thread(liaison.ingest(IngestOptions()).run, [open_source(str(content))])
    await liaison.slack.inbox.waiting()
    program = Program(id="programme", name="Programme", tiers=(Tier(name="gold", rank=1),))
    liaison.prm.load(Archive(programs=(program,), partners=partners()[:2]), tenant="default")
    return liaison


async def registered(liaison: Liaison) -> int:
    """How many deals the PRM holds."""
    count, cursor = 0, ""
    while True:
        window = Window(limit=200, cursor=cursor)
        page = await liaison.prm.prm.find_deals(DealQuery(), requester=ACTOR, window=window)
        count, cursor = count + len(page.items), page.cursor
        if not cursor:
            return count


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def main() -> int:
    """Measure, print, and fail when a turn is missing or a deal is there twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--deliveries", type=int, default=4)
    parser.add_argument("--deals-every", type=int, default=10)
    parser.add_argument("--kill-every", type=int, default=800, help="deliveries")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--slack-url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(worker(asked.serve, asked.port, deals_every=asked.deals_every, slack_url=asked.slack_url))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(run(Path(folder), asked))
    result["load"] = round(os.getloadavg()[0], 1)
    print(json.dumps(result, indent=1))  # noqa: T201 - the result of the command
    return 0 if held(result) else 1


async def run(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """The counts of a run with a Slack of its own."""
    async with serving(SeenSlack()) as slack:
        return await measured(folder, asked, slack)


def held(result: Mapping[str, Any]) -> bool:
    """Whether every event has one turn and one whole reply, and every deal was registered once."""
    once = result["turns kept"] == result["threads with a reply"] == result["events"]
    nothing = ("turns kept twice", "second replies", "replies unfinished or empty", "acknowledged and lost")
    return once and result["deals registered"] == result["deals wanted"] and not any(result[name] for name in nothing)


if __name__ == "__main__":
    sys.exit(main())
