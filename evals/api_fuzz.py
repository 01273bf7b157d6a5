"""Whether any request makes the server fail: random and broken requests of every kind, in process.

python -m evals.api_fuzz [--requests 100000] [--first 0] [--seed 1] [--only NUMBER]

A request is made from the seed and its number alone, so one that failed can be sent again with --only, and --first
shares the numbers out among several runs. Exits with 1 when a response has a status of 500 or above, is a refusal
that is not a problem document, or an exception gets out.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog

from assistant.testing import HashEmbedder
from evals.api_requests import Keys, Request, made
from evals.workbench import ROOT
from ingest.preparation import IngestOptions
from ingest.sources.upload import UploadSource
from integrations.bootstrap import build
from integrations.commands.demo_conversations import learn
from integrations.settings import Settings
from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.scopes import ALL_SCOPES
from integrations.surfaces.http.service import Service, open_service

PEOPLE = "partners: [{id: acme, tier: gold}]\nstaff: [{id: callum, role: administrator}]\n"
LIBRARY = {
    "protection.md": "# Deal protection\n\nA registration protects a deal for 90 days.\n",
    "gold.md": "---\naudience: {minimum_tier: gold}\n---\n# Rebate\n\nGold partners get 7 percent.\n",
}
CALLERS = 16  # at a time, so that requests also meet each other half-way
PROBLEM = b"application/problem+json"


class Outcome:
    """What a response was."""

    def __init__(self) -> None:
        self.status = 0
        self.media_type = b""
        self.body = b""
        self.whole = asyncio.Event()

    async def take(self, message: dict[str, object]) -> None:
        """A message of the application."""
        if message["type"] == "http.response.start":
            self.status = int(str(message["status"]))
            headers = message.get("headers")
            self.media_type = dict(headers).get(b"content-type", b"") if isinstance(headers, list) else b""
        elif message["type"] == "http.response.body":
            self.body += bytes(message.get("body", b""))  # type: ignore[call-overload]  # always bytes
            if not message.get("more_body"):
                self.whole.set()


def wrong_with(outcome: Outcome) -> str:
    """What a response must not be; "" when it is fine."""
    if not outcome.status:
        return "no response"
    if outcome.status >= 500:
        return f"status {outcome.status}: {outcome.body[:300].decode(errors='replace')}"
    if outcome.status >= 400 and outcome.media_type != PROBLEM and b"text/html" not in outcome.media_type:
        return f"status {outcome.status} as {outcome.media_type.decode(errors='replace') or 'nothing'}"
    return ""


async def sent(app: object, request: Request) -> str:
    """What was wrong with the response to a request; "" when nothing was."""
    outcome = Outcome()
    pieces = [*request.pieces]

    async def receive() -> dict[str, object]:
        if not pieces:
            await outcome.whole.wait()  # a caller who leaves before is none that anything can be sent to
            return {"type": "http.disconnect"}
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    try:
        await app(request.scope(), receive, outcome.take)  # type: ignore[operator]  # an ASGI application
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"{type(error).__name__}: {error}"
    return wrong_with(outcome)


async def fuzz(service: Service, numbers: range, *, seed: int) -> tuple[Counter[str], list[str]]:
    """How many requests there were of each kind, and what failed."""
    ring = service.doorkeeper.keys
    staff = await ring.create(name="staff", principal="administrator:callum", scopes=ALL_SCOPES)
    partner = await ring.create(name="partner", principal="partner:acme", scopes=ALL_SCOPES)
    documents = [document.id for document in (await service.liaison.content.catalog()).documents]
    keys = Keys(staff=staff.token, partner=partner.token, documents=tuple(documents))
    app = create_app(service)
    kinds: Counter[str] = Counter()
    failures: list[str] = []
    started = time.monotonic()
    left = iter(numbers)

    async def caller() -> None:
        for number in left:
            request = made(number, seed=seed, keys=keys)
            kinds[request.kind] += 1
            if wrong := await sent(app, request):
                failures.append(f"{number} {request.method} {request.path!r}: {wrong}")
                print(f"failed: {failures[-1]}", flush=True)  # noqa: T201 - the report
            if (done := kinds.total()) % 5000 == 0:
                rate = done / (time.monotonic() - started)
                print(f"{done} requests, {rate:.0f}/s, {len(failures)} failures", flush=True)  # noqa: T201 - progress

    async with asyncio.TaskGroup() as callers:
        for _ in range(CALLERS):
            callers.create_task(caller())
    return kinds, failures


def opened(folder: Path, *, anonymous: bool = True, body_kb: int = 64) -> Service:
    """A service over a small library, with the sample PRM and a co-sell model of its history."""
    (folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    settings = Settings(
        data=folder / "data",
        partners=folder / "people.yaml",
        api_anonymous=anonymous,
        api_rate=0,
        api_timeout=600,
        api_body_kb=body_kb,
        api_upload_mb=1,
    )
    liaison = build(settings, embedder=HashEmbedder())
    liaison.ingest(IngestOptions()).run([UploadSource(name, text.encode()) for name, text in LIBRARY.items()])
    liaison.prm.seed(ROOT / "samples" / "prm", data=settings.data, tenant="default")
    asyncio.run(learn(liaison))
    return open_service(liaison)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, default=-1)
    chosen = parser.parse_args()
    quiet = logging.CRITICAL if chosen.only < 0 else logging.ERROR
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(quiet))
    first, count = (chosen.only, 1) if chosen.only >= 0 else (chosen.first, chosen.requests)
    numbers = range(first, first + count)
    with tempfile.TemporaryDirectory() as folder:
        service = opened(Path(folder))
        kinds, failures = asyncio.run(fuzz(service, numbers, seed=chosen.seed))
        service.close()
    print(f"{len(numbers)} requests: " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))  # noqa: T201
    print(f"{len(failures)} failures")  # noqa: T201 - as above
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
