"""How soon a Slack event is acknowledged, and what it costs to keep it durably, beside plain Bolt in the same run.

python -m evals.slack_ack [--rate 500] [--seconds 10] [--rounds 3]

One server process each: the whole application of `liaison serve` with its durable inbox (SQLite, every transaction on
disk before the answer), Bolt's own Starlette adapter with ten listeners, which keeps nothing, and one that reads a body
and says 200: what the HTTP server itself takes. All get the same signed events in turns, each event at its own moment
whether earlier ones were answered or not. The delay counts from that moment; CPU is the server's own, from /proc.
Workers are not part of it: they handle what was kept, at their own pace.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evals.slack_intake import answering, deliver, event, free_port
from evals.slack_worker import SECRET
from integrations.bootstrap import build
from integrations.settings import Settings
from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.service import open_service
from integrations.surfaces.slack.ingress import Ingress
from integrations.surfaces.slack.manifest import PATH

SERVERS = ("liaison", "bolt", "bare")
LISTENERS = 10
CONNECTIONS = 64
WARM_UP = 300
MILLISECONDS_BAR, MICROSECONDS_BAR = 50.0, 250.0


def ours(folder: Path) -> Any:  # noqa: ANN401 - an ASGI application
    """The whole application of `liaison serve`, with Slack opened on a durable inbox and nobody who empties it."""
    liaison = build(Settings(data=folder, slack_signing_secret=SecretStr(SECRET)))
    app = create_app(open_service(liaison))
    app.state.slack.ingress = Ingress(liaison.slack.inbox, secret=SECRET)
    return app


def plain_bolt() -> Starlette:
    """Bolt as its documentation mounts it: ten listeners of which the last one takes messages."""

    async def authorize(**_given: Any) -> AuthorizeResult:  # noqa: ANN401 - Bolt's signature
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="UBOT", bot_id="B1", bot_token=SECRET)

    app = AsyncApp(signing_secret=SECRET, authorize=authorize)
    for number in range(LISTENERS - 1):
        app.action(f"action{number}")(_nothing)
    app.event("message")(_nothing)
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route(PATH, endpoint=endpoint, methods=["POST"])])


async def bare(_scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    """Read a request and say 200: below this no server of this kind gets."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _nothing() -> None:
    """Handle nothing."""


@dataclass
class Measured:
    """What one server did. `delays` are in milliseconds."""

    delays: list[float] = field(default_factory=list)
    refused: int = 0
    cpu_seconds: float = 0.0
    events: int = 0

    @property
    def told(self) -> dict[str, float]:
        """The figures."""
        ordered = sorted(self.delays)
        at = {
            f"ack p{name} ms": round(ordered[int(len(ordered) * part)], 1) for name, part in (("50", 0.5), ("99", 0.99))
        }
        return {**at, "CPU µs/event": round(self.cpu_seconds / self.events * 1e6, 1), "refused": self.refused}


@contextmanager
def server(kind: str, folder: Path) -> Iterator[tuple[int, int]]:
    """A server process: its port and process id."""
    port = free_port()
    words = ["-m", "evals.slack_ack", "--serve", kind, "--folder", str(folder), "--port", str(port)]
    process = subprocess.Popen([sys.executable, *words])  # noqa: S603 - this very program
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process took so far (proc(5))."""
    parts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def burst(port: int, pid: int, measured: Measured, *, rate: int, seconds: float, first: int) -> None:
    """Events at a fixed rate; what they took is added to `measured`."""
    loop = asyncio.get_running_loop()
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as client:

        async def one(number: int, due: float, *, counted: bool) -> None:
            await asyncio.sleep(max(0.0, due - loop.time()))
            accepted = await deliver(client, port, event(number))
            if counted:
                measured.delays.append((loop.time() - due) * 1000)
                measured.refused += not accepted

        await asyncio.gather(*(one(first + n, loop.time() + n / rate, counted=False) for n in range(WARM_UP)))
        count, cpu, start = int(rate * seconds), cpu_of(pid), loop.time() + 0.1
        begin = first + WARM_UP
        await asyncio.gather(*(one(begin + n, start + n / rate, counted=True) for n in range(count)))
    measured.cpu_seconds += cpu_of(pid) - cpu
    measured.events += count


async def compared(folder: Path, *, rate: int, seconds: float, rounds: int) -> dict[str, Any]:
    """All servers, in turns."""
    found = {name: Measured() for name in SERVERS}
    with server("liaison", folder) as mine, server("bolt", folder) as theirs, server("bare", folder) as floor:
        for port, _ in (mine, theirs, floor):
            await answering(port)
        for number in range(rounds):
            first = number * (int(rate * seconds) + WARM_UP)
            for name, (port, pid) in zip(SERVERS, (mine, theirs, floor), strict=True):
                await burst(port, pid, found[name], rate=rate, seconds=seconds, first=first)
        kept = await build(Settings(data=folder)).slack.inbox.waiting()
    told = {name: measured.told for name, measured in found.items()}
    return {**told, "events": found["liaison"].events, "kept": kept - rounds * WARM_UP, "load": os.getloadavg()[0]}


def serve(kind: str, folder: Path, port: int) -> None:
    """Run one server until it is ended; as in `liaison serve` what it has loaded is not looked through for garbage."""
    apps: dict[str, Callable[[], Any]] = {"liaison": lambda: ours(folder), "bolt": plain_bolt, "bare": lambda: bare}
    app = apps[kind]()
    gc.collect()
    gc.freeze()
    lean: dict[str, Any] = {"access_log": False, "server_header": False, "proxy_headers": False}
    uvicorn.run(app, port=port, log_config=None, lifespan="off", **lean)  # as `liaison serve` runs it


def main() -> int:
    """Measure, print, and fail when a bar is missed or an event was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", choices=SERVERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.folder, asked.port)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(compared(Path(folder), rate=asked.rate, seconds=asked.seconds, rounds=asked.rounds))
    print(json.dumps(result, indent=1))  # noqa: T201 - the result of the command
    mine = result["liaison"]
    quick = mine["ack p99 ms"] <= MILLISECONDS_BAR and mine["CPU µs/event"] <= MICROSECONDS_BAR
    return 0 if quick and not mine["refused"] and result["kept"] == result["events"] else 1


if __name__ == "__main__":
    sys.exit(main())
