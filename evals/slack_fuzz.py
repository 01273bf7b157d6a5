"""Whether any request makes the Slack ingress fail, or an unsigned one get in.

python -m evals.slack_fuzz [--requests 1000000] [--seed 1]

Requests are made from real ones by cutting, flipping, repeating and swapping bytes and headers, one half of them
unsigned or signed wrongly, the other half signed after the damage, so that the parser is reached. Runs in process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from assistant.ports.event_inbox import Arrival
from assistant.testing.event_inbox import MemoryInbox
from integrations.clock import SystemClock
from integrations.surfaces.slack.ingress import BODY_BYTES, Ingress
from integrations.surfaces.slack.signature import SIGNATURE, STAMP, signature

SECRET = "of-the-measurement"  # noqa: S105 - of nothing but this run
EVENT = {"type": "message", "channel": "C1", "user": "U1", "text": "Grüße 🎉", "ts": "17.1"}
CLICK = {"type": "block_actions", "trigger_id": "1.2", "user": {"id": "U1"}, "actions": [{"action_ts": "1"}]}
SEEDS = (
    json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": EVENT}).encode(),
    json.dumps({"type": "url_verification", "challenge": "c"}).encode(),
    urlencode({"payload": json.dumps(CLICK)}).encode(),
    urlencode({"command": "/deal", "trigger_id": "1.2", "text": "x", "team_id": "T1"}).encode(),
    b"ssl_check=1",
    b"",
    b'{"type": "event_callback", "event_id": "\\ud800", "event": {"type": "\\udfffx\\u0000", "channel": "C"}}',
    b'{"type": "url_verification", "challenge": "\\ud800"}',
    b"[" * 20_000,
    b'{"type":' * 2_000,
    "\ufeff{}".encode("utf-16"),
    b'{"type": "event_callback", "event": {"type": ' + b"9" * 5_000 + b"}}",
)
KINDS = (
    b"application/json",
    b"application/x-www-form-urlencoded",
    b"text/plain",
    b"",
    b"application/json; charset=\xff",
)
STAMPS = (b"", b"0", b"-1", b"nan", b"1e9", b"9" * 30, "١٢".encode(), b"\x00", b" 1 ")


class Forgetful(MemoryInbox):
    """Keeps nothing: a million events would only fill the memory."""

    async def put(self, arrivals: Any) -> int:  # noqa: ANN401 - as the inbox takes them
        """Look at each as the durable inbox does."""
        return sum(
            bool(each.key and each.kind and each.body.encode()) for each in arrivals if isinstance(each, Arrival)
        )


def damaged(chance: random.Random) -> bytes:
    """A body that has suffered."""
    body = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(body) + 1)
        what = chance.randrange(4)
        if what == 0:
            body[at : at + chance.randrange(1, 9)] = chance.randbytes(chance.randrange(9))
        elif what == 1:
            del body[at:]
        elif what == 2:
            body[at:at] = bytes(body[at : at + 40]) * 2
        elif at < len(body):
            body[at] ^= 1 << chance.randrange(8)
    return bytes(body)


def requests(count: int, seed: int) -> Iterator[tuple[bytes, list[tuple[bytes, bytes]], bool]]:
    """Bodies, headers, and whether the request is signed rightly."""
    chance, secret = random.Random(seed), SECRET.encode()  # noqa: S311 - not a secret
    for _ in range(count):
        body, good = damaged(chance), chance.random() < 0.5
        stamp = str(int(time.time())).encode()
        made = signature(secret, stamp, body)
        if not good:
            stamp = chance.choice(STAMPS) if chance.random() < 0.5 else stamp
            made = chance.choice((b"", b"v0=", made[:-1], made + b"0", chance.randbytes(66), "v0=ü".encode()))
        headers = [(b"content-type", chance.choice(KINDS)), (STAMP, stamp), (SIGNATURE, made)]
        if chance.random() < 0.02:
            headers.append((b"content-length", chance.choice((b"9" * 20, str(BODY_BYTES + 1).encode(), b"-5", b"x"))))
        yield body, headers, good


async def fuzz(count: int, seed: int) -> dict[str, Counter[int]]:
    """Statuses by whether the request was signed."""
    ingress = Ingress(Forgetful(SystemClock()), secret=SECRET, apart_seconds=0)
    seen: dict[str, Counter[int]] = {"signed": Counter(), "unsigned": Counter()}
    for body, headers, good in requests(count, seed):

        async def receive(body: bytes = body) -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        statuses: list[int] = []

        async def send(message: Any, statuses: list[int] = statuses) -> None:  # noqa: ANN401 - ASGI
            if "status" in message:
                statuses.append(message["status"])

        await ingress({"type": "http", "method": "POST", "headers": headers}, receive, send)
        seen["signed" if good else "unsigned"][statuses[0]] += 1
    return seen


def main() -> int:
    """Fuzz, print, and fail on a server error or on anything unsigned that got in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.process_time()
    seen = asyncio.run(fuzz(asked.requests, asked.seed))
    cpu = time.process_time() - began
    result = {name: dict(sorted(counted.items())) for name, counted in seen.items()}
    told = {**result, "cpu_us_per_request": round(cpu / asked.requests * 1e6, 1), "load": os.getloadavg()[0]}
    print(json.dumps(told, indent=1))  # noqa: T201 - the result of the command
    refused = set(seen["unsigned"]) <= {401, 413}
    return 0 if refused and set(seen["signed"]) <= {200, 400, 413} else 1


if __name__ == "__main__":
    sys.exit(main())
