"""Tells other systems what happened: signed, in order, again until they answer; from the outbox the writes fill.

The body is {"seq", "kind", "record_id", "version", "at"}; receivers read the record again and ignore a `seq` they know.
The header `Liaison-Signature: t=SECONDS,v1=HEX` is the HMAC-SHA256 of "SECONDS.BODY" under the webhook's secret.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
from sqlalchemy import Row, func, insert, select, update

from assistant.errors import InvalidRecord, Problem
from assistant.ports.prm import Change
from integrations.prm.register import schema
from integrations.prm.register.database import Database, Unit, micros
from integrations.prm.register.feed import events_after

HEADER = "Liaison-Signature"
BATCH, FIRST_WAIT, LONGEST_WAIT, GIVE_UP, TIMEOUT = 100, 30, 6 * 3600, 40, 10.0
TOLERANCE = 300  # seconds a signature stays good, against replay


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events go. `partner_id` empty means all events of the tenant."""

    url: str
    secret: str
    partner_id: str = ""


def sign(secret: str, body: bytes, *, seconds: int) -> str:
    """The value of the signature header."""
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def verify(secret: str, body: bytes, header: str, *, seconds: int) -> bool:
    """Whether a received body was signed with this secret within the last five minutes; for receivers."""
    stamp = header.removeprefix("t=").partition(",")[0]
    if not (stamp.isascii() and stamp.isdecimal()) or abs(seconds - int(stamp)) > TOLERANCE:
        return False
    return hmac.compare_digest(sign(secret, body, seconds=int(stamp)), header)


class Courier:
    """Keeps webhooks and delivers to them."""

    def __init__(self, database: Database, *, client: httpx.AsyncClient | None = None) -> None:
        self._database = database
        self._client = client

    def add(self, url: str, *, tenant: str, partner_id: str = "") -> Webhook:
        """A webhook for everything that happens from now on; its secret is shown only here. Raises InvalidRecord."""
        require_address(url)
        hook = Webhook(url=url, secret=secrets.token_urlsafe(32), partner_id=partner_id)
        with self._database.writing(tenant) as unit:
            last = unit.connection.scalar(select(func.max(schema.events.c.seq))) or 0
            values = {"url": url, "secret": hook.secret, "partner_id": partner_id, "tenant": tenant}
            state = {"delivered": last, "attempts": 0, "next": 0, "failure": "", "active": True}
            unit.connection.execute(insert(schema.webhooks).values(values | state))
        return hook

    async def deliver(self) -> int:
        """Send what is due to every webhook, each in order up to its first failure; how many events arrived."""
        client = self._client or httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)
        try:
            rows = await asyncio.to_thread(self._due)
            return sum([await self._deliver_to(client, row) for row in rows])
        finally:
            if self._client is None:
                await client.aclose()

    def _due(self) -> list[Row[tuple[object, ...]]]:
        hooks = schema.webhooks
        with self._database.reading("") as unit:
            due = hooks.c.active & (hooks.c.next <= micros(unit.now))
            return list(unit.connection.execute(select(hooks).where(due).order_by(hooks.c.no)))

    async def _deliver_to(self, client: httpx.AsyncClient, hook: Row[tuple[object, ...]]) -> int:
        batch, seconds = await asyncio.to_thread(self._pending, hook)
        arrived = 0
        for event in batch:
            failure = await _posted(client, hook, event, seconds)
            await asyncio.to_thread(self._note, hook, event, failure)
            if failure:
                break
            arrived += 1
        return arrived

    def _pending(self, hook: Row[tuple[object, ...]]) -> tuple[tuple[Change, ...], int]:
        with self._database.reading(hook.tenant) as unit:
            batch = events_after(unit, hook.delivered, partner_id=hook.partner_id, limit=BATCH)
            return batch, int(unit.now.timestamp())

    def _note(self, hook: Row[tuple[object, ...]], event: Change, failure: str) -> None:
        hooks = schema.webhooks
        with self._database.writing(hook.tenant) as unit:
            values = _after_failure(unit, hook.attempts, failure) if failure else {"attempts": 0, "next": 0}
            done = {} if failure else {"delivered": event.seq}
            unit.connection.execute(
                update(hooks).where(hooks.c.no == hook.no).values(values | done | {"failure": failure})
            )


def _after_failure(unit: Unit, attempts: int, failure: str) -> dict[str, int | bool]:
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts, 20))
    due = unit.now + timedelta(seconds=wait)
    return {"attempts": attempts + 1, "next": micros(due), "active": bool(failure) and attempts + 1 < GIVE_UP}


async def _posted(client: httpx.AsyncClient, hook: Row[tuple[object, ...]], event: Change, seconds: int) -> str:
    """Why the event did not arrive; empty when it did."""
    fields = {"seq": event.seq, "kind": event.kind, "record_id": event.record_id, "version": event.version}
    body = json.dumps(fields | {"at": event.at.isoformat()}, separators=(",", ":")).encode()
    headers = {HEADER: sign(hook.secret, body, seconds=seconds), "Content-Type": "application/json"}
    try:
        answer = await client.post(hook.url, content=body, headers=headers)
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}"
    return "" if answer.is_success else f"HTTP {answer.status_code}"


def require_address(url: str) -> None:
    """Raises InvalidRecord unless it is an https address, or http on this machine."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or local):
        message = "must be an https address, or http on this machine"
        raise InvalidRecord.of(Problem(field="url", code="malformed", message=message))
