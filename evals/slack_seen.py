"""A Slack that keeps what an app says in direct messages, so that replies can be counted as people see them.

It refuses to edit a message that is still streamed, as Slack does, answers late by up to 20 ms, and has no rates.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

LATEST = 0.02  # seconds until an answer
Json = dict[str, Any]


@dataclass
class Shown:
    """A message. `ended` is False while it is streamed."""

    ts: str
    text: str
    ended: bool
    metadata: Json | None = None


@dataclass
class SeenSlack:
    """What was said, by thread."""

    threads: dict[str, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    messages: dict[str, Shown] = field(default_factory=dict)
    calls: int = 0
    url: str = ""
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def answer(self, method: str, said: Json) -> Json:
        """What a call is answered with."""
        self.calls += 1
        acts: dict[str, Callable[[], Json]] = {
            "chat.startStream": lambda: self._new(said, ended=False),
            "chat.postMessage": lambda: self._new(said, ended=True),
            "chat.appendStream": lambda: self._streamed(said, ended=False),
            "chat.stopStream": lambda: self._streamed(said, ended=True),
            "chat.update": lambda: self._updated(said),
            "conversations.replies": lambda: {"messages": [_told(each) for each in self.threads[said["ts"]]]},
            "conversations.info": lambda: {"channel": {"id": said["channel"], "is_im": True}},
            "users.info": lambda: {"user": {"id": said["user"], "team_id": "T1", "locale": "en-US", "profile": {}}},
        }
        return {"ok": True, **(acts[method]() if method in acts else {})}

    def _new(self, said: Json, *, ended: bool) -> Json:
        made = Shown(f"1760000000.{next(self._serial):06d}", _text(said), ended, said.get("metadata"))
        self.threads[said["thread_ts"]].append(made)
        self.messages[made.ts] = made
        return {"channel": said["channel"], "ts": made.ts}

    def _streamed(self, said: Json, *, ended: bool) -> Json:
        found = self.messages.get(said["ts"])
        if found is None or found.ended:
            return {"ok": False, "error": "message_not_in_streaming_state"}
        found.text, found.ended = found.text + _text(said), ended
        found.metadata = said.get("metadata") or found.metadata
        return {"ts": found.ts}

    def _updated(self, said: Json) -> Json:
        found = self.messages.get(said["ts"])
        if found is None or not found.ended:
            return {"ok": False, "error": "streaming_state_conflict" if found else "message_not_found"}
        found.text, found.metadata = _text(said), said.get("metadata") or found.metadata
        return {"ts": found.ts}


def _text(said: Json) -> str:
    """What a call says: its Markdown, alone or in blocks or chunks."""
    parts = [*said.get("chunks", ()), *said.get("blocks", ())]
    told = "".join(str(part["text"]) for part in parts if part["type"] in {"markdown", "markdown_text"})
    return str(said.get("markdown_text") or told)


def _told(shown: Shown) -> Json:
    own: Json = {"ts": shown.ts, "user": "UBOT", "text": shown.text}
    return own | ({"metadata": shown.metadata} if shown.metadata else {})


@asynccontextmanager
async def serving(slack: SeenSlack) -> AsyncIterator[SeenSlack]:
    """It on a free port; `url` is the base URL for a client."""

    async def handle(request: web.Request) -> web.Response:
        said = await request.json() if request.method == "POST" else dict(request.query)
        await asyncio.sleep(random.uniform(0, LATEST))  # noqa: S311 - not a secret
        made = slack.answer(request.match_info["method"], said)
        await asyncio.sleep(random.uniform(0, LATEST))  # noqa: S311 - not a secret
        return web.json_response(made)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield slack
    finally:
        await runner.cleanup()
