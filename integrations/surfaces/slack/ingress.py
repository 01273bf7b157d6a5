"""Where Slack's requests arrive: bounded, verified, kept, and only then acknowledged.

Nothing of a body is parsed before its signature is checked, and nothing of it is logged.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import structlog

from assistant.errors import LiaisonError, StorageError
from assistant.ports.event_inbox import Arrival, EventInbox
from integrations.surfaces.slack.delivery import Delivery, Unreadable, read_delivery
from integrations.surfaces.slack.signature import Headers, signed

BODY_BYTES = 2**20  # Slack's largest deliveries, modals with full text fields, stay far below
TOGETHER = 128  # events that are kept in one transaction
APART_SECONDS = 0.036  # between the beginnings of two transactions: one costs as much as keeping ten events
BODY_SECONDS = 10.0  # for a body to come whole: Slack itself waits three seconds for the answer
MOST_WAITING = 2_000  # requests that wait to be kept; above it Slack is asked to come again
log = structlog.get_logger("liaison.slack")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Inline = Callable[[Delivery], Awaitable[dict[str, Any]]]


class Ingress:
    """An ASGI application for Slack's request URL; the same for events, interactions and commands.

    `inline` answers what Slack shows from the reply itself: the submission of a view and suggestions of a menu.
    `arrived` is called after something new was kept.
    """

    def __init__(
        self,
        inbox: EventInbox,
        *,
        secret: str,
        inline: Inline | None = None,
        arrived: Callable[[], None] = lambda: None,
        now: Callable[[], float] = time.time,
        apart_seconds: float = APART_SECONDS,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._inbox = inbox
        self._secret = secret.encode()
        self._inline = inline
        self._arrived = arrived
        self._now = now
        self._apart = apart_seconds
        self._patience = body_seconds
        self._waiting: list[tuple[Arrival, asyncio.Future[None]]] = []
        self._keeping: asyncio.Task[None] | None = None
        self._next = 0.0  # when the next transaction may begin, in the seconds of the loop

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        status, reply = await self._serve(scope, receive)
        content = json.dumps(reply).encode() if reply else b""
        headers = [(b"content-length", str(len(content)).encode())]
        if content:
            headers.append((b"content-type", b"application/json"))
        if status == 503:
            headers.append((b"retry-after", b"1"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _serve(self, scope: Message, receive: Receive) -> tuple[int, dict[str, Any]]:
        if scope["method"] != "POST":
            return 405, {}
        headers: Headers = dict(scope["headers"])
        try:
            async with asyncio.timeout(self._patience):
                body = await _body(headers, receive)
        except TimeoutError:
            return 408, {}
        if body is None:
            return 413, {}
        if not signed(headers, body, secret=self._secret, now=self._now):
            return 401, {}
        try:
            delivery = read_delivery(body, headers.get(b"content-type", b"").decode("latin-1"))
        except Unreadable:
            return 400, {}
        return await self._accept(delivery)

    async def _accept(self, delivery: Delivery) -> tuple[int, dict[str, Any]]:
        if delivery.handshake:
            challenge = delivery.payload.get("challenge")
            return 200, {"challenge": challenge} if isinstance(challenge, str) else {}
        if delivery.at_once:
            return await self._shown(delivery)
        if len(self._waiting) >= MOST_WAITING:
            return 503, {}
        try:
            await self._keep(delivery.arrival)
        except Exception as error:  # noqa: BLE001 - what is not known to be kept is not acknowledged
            reason = error.message if isinstance(error, StorageError) else type(error).__name__
            log.warning("an event could not be kept", kind=delivery.kind, reason=reason)
            return 503, {}
        return 200, {}

    async def _shown(self, delivery: Delivery) -> tuple[int, dict[str, Any]]:
        """What the person sees at once; Slack tells them to try again when that cannot be made now."""
        try:
            return 200, await self._inline(delivery) if self._inline else {}
        except Exception as error:  # noqa: BLE001 - a failure that nobody thought of may tell of the body
            reason = error.message if isinstance(error, LiaisonError) else type(error).__name__
            log.warning("a form could not be taken", kind=delivery.kind, reason=reason)
            return 503, {}

    async def _keep(self, arrival: Arrival) -> None:
        """Keep it, at once when little arrives, else together with what comes meanwhile: a transaction is slow."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, kept))
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep_all())
        await kept

    async def _keep_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            if (wait := self._next - loop.time()) > 0:
                await asyncio.sleep(wait)
            self._next = loop.time() + self._apart
            group, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            try:
                new = await self._inbox.put([arrival for arrival, _ in group])
            except Exception as error:  # noqa: BLE001 - whatever went wrong, nobody may wait for it forever
                for _, kept in group:
                    with suppress(asyncio.InvalidStateError):
                        kept.set_exception(error)
                continue
            for _, kept in group:
                if not kept.done():
                    kept.set_result(None)
            if new:
                self._arrived()


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """The body; None as soon as it is known to be above the cap, or when the sender went away."""
    told = headers.get(b"content-length", b"0")
    if told.isdigit() and (len(told) > 12 or int(told) > BODY_BYTES):
        return None
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
