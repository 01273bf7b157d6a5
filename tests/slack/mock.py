"""A small real server that answers as Slack's Web API does, and refuses what Slack would refuse.

Arguments are held to the reference, blocks and views to our validator, calls to the tier of their method in each
workspace; triggers and streamed messages expire. What an app got wrong is in `faults`.
"""

from __future__ import annotations

import itertools
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from integrations.surfaces.slack.blockkit import check_blocks, check_chunks, check_message, check_view
from integrations.surfaces.slack.blockkit_rules import Surface
from tests.slack.records import Call, Json, Message, Refused, decoded
from tests.slack.spec import WebApi

__all__ = ["Call", "Json", "Message", "MockSlack", "Refused", "serving"]

STREAM_SECONDS = 300.0
MINUTE = 60.0
STAMPS = itertools.count(1)  # of every message of every mock: no two have the same time
POST_BURST = 4  # chat.postMessage: one a second and channel, with a short burst


@dataclass
class MockSlack:
    """The state behind the server: `tokens` are bot tokens by workspace, `now` is a clock in seconds."""

    api: WebApi
    now: Callable[[], float] = time.monotonic
    tokens: dict[str, str] = field(default_factory=lambda: {"xoxb-1": "T1"})
    people: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    triggers: dict[str, float] = field(default_factory=dict)
    trigger_seconds: float = 3.0  # Slack's own; where another thing is tested, a busy machine gets more
    trouble: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    members: dict[str, list[str]] = field(default_factory=dict)
    page: int = 1_000  # members that are told at once: Slack may tell fewer than it was asked for
    responses: list[Json] = field(default_factory=list)
    grants: dict[str, Json] = field(default_factory=dict)  # what a code or a refresh token is exchanged for, once
    files: dict[str, Json] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # channels whose messages the app may not read
    url: str = ""
    _windows: dict[tuple[str, ...], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _serial: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def trigger(self) -> str:
        """A trigger_id as it comes with a click: good once, for `trigger_seconds`."""
        made = f"{next(self._serial)}.trigger"
        self.triggers[made] = self.now()
        return made

    def answer(self, method: str, token: str, arguments: Json) -> tuple[Json, float]:
        """What a call is answered with, and the seconds to wait when it came too often."""
        team = self.tokens.get(token, "")
        call = Call(method, team, arguments, self.now())
        self.calls.append(call)
        try:
            wait, answer = self._answered(call, token)
        except Refused as refused:
            wait, answer = 0.0, {"ok": False, "error": str(refused)}
        call.error = answer.get("error", "")
        return answer, wait

    def _answered(self, call: Call, token: str) -> tuple[float, Json]:
        known = self.api.methods.get(call.method)
        if known is None:
            self.faults.append(f"{call.method} is no method")
            raise Refused("unknown_method")
        wait = self._wait(call.method, call.team, str(call.arguments.get("channel", "")))
        if wait:
            return wait, {"ok": False, "error": "ratelimited"}
        if call.method == "oauth.v2.access":
            self._hold(known.faults(call.arguments), "invalid_arguments")
            return 0.0, {"ok": True, **self._oauth_v2_access(call.arguments)}
        if not call.team:
            raise Refused("invalid_auth")
        self._hold(known.faults({**call.arguments, "token": token}), "invalid_arguments")
        if call.method == "auth.test":
            return 0.0, {"ok": True, **self._auth_test(call.arguments), "team_id": call.team}
        act = getattr(self, f"_{call.method.replace('.', '_').lower()}", None)
        return 0.0, {"ok": True, **(act(call.arguments) if act else {})}

    def _wait(self, method: str, team: str, channel: str) -> float:
        posts = method == "chat.postMessage"
        window = self._windows[(method, team, channel) if posts else (method, team)]
        most, seconds = (POST_BURST, float(POST_BURST)) if posts else (self.api.methods[method].per_minute, MINUTE)
        now = self.now()
        while window and window[0] <= now - seconds:
            window.popleft()
        if len(window) >= most:
            return max(1.0, window[0] + seconds - now)
        window.append(now)
        return 0.0

    def _hold(self, faults: list[Any], error: str) -> None:
        if faults:
            self.faults += [str(fault) for fault in faults]
            raise Refused(error)

    def _ts(self) -> str:
        return f"1760000000.{next(STAMPS):06d}"

    def _kept(self, arguments: Json, **more: Any) -> Message:
        text = arguments.get("markdown_text") or arguments.get("text") or ""
        made = Message(
            arguments["channel"],
            self._ts(),
            arguments.get("thread_ts") or "",
            text,
            arguments.get("blocks") or [],
            metadata=arguments.get("metadata"),
            **more,
        )
        self.messages[made.ts] = made
        return made

    def _found(self, arguments: Json) -> Message:
        found = self.messages.get(arguments["ts"])
        if found is None or found.channel != arguments["channel"]:
            raise Refused("message_not_found")
        return found

    def _oauth_v2_access(self, arguments: Json) -> Json:
        granted = self.grants.pop(str(arguments.get("code") or arguments.get("refresh_token")), None)
        if granted is None:
            raise Refused("invalid_refresh_token" if arguments.get("refresh_token") else "invalid_code")
        self.tokens[granted["access_token"]] = str((granted.get("team") or granted["enterprise"])["id"])
        return granted

    def _auth_test(self, _arguments: Json) -> Json:
        return {
            "team_id": "T1",
            "user_id": "UBOT",
            "bot_id": "B1",
            "team": "Vendor",
            "url": "https://vendor.slack.com/",
        }

    def _chat_postmessage(self, arguments: Json) -> Json:
        self._hold(check_message(arguments), "invalid_blocks")
        made = self._kept(arguments)
        return {"channel": made.channel, "ts": made.ts, "message": {"ts": made.ts, "text": made.text}}

    def _chat_postephemeral(self, arguments: Json) -> Json:
        self._hold(check_message(arguments), "invalid_blocks")
        return {"message_ts": self._kept(arguments, ephemeral_for=arguments["user"]).ts}

    def _chat_update(self, arguments: Json) -> Json:
        self._hold(check_message(arguments, update=True), "invalid_blocks")
        found = self._found(arguments)
        if found.streaming_since is not None and self.now() - found.streaming_since <= STREAM_SECONDS:
            raise Refused("streaming_state_conflict")
        found.metadata = arguments.get("metadata") or found.metadata
        found.text = arguments.get("markdown_text") or arguments.get("text") or ""
        found.blocks, found.streaming_since = arguments.get("blocks") or [], None
        return {"channel": found.channel, "ts": found.ts}

    def _chat_startstream(self, arguments: Json) -> Json:
        self._hold(check_chunks(arguments.get("chunks", [])), "invalid_chunks")
        made = self._kept(arguments, streaming_since=self.now())
        made.text += _chunked(arguments)
        return {"channel": made.channel, "ts": made.ts}

    def _streaming(self, arguments: Json) -> Message:
        found = self._found(arguments)
        if found.streaming_since is None or self.now() - found.streaming_since > STREAM_SECONDS:
            found.streaming_since = None
            raise Refused("message_not_in_streaming_state")
        self._hold(check_chunks(arguments.get("chunks", [])), "invalid_chunks")
        return found

    def _chat_appendstream(self, arguments: Json) -> Json:
        found = self._streaming(arguments)
        found.text += arguments.get("markdown_text", "") + _chunked(arguments)
        return {"channel": found.channel, "ts": found.ts}

    def _chat_stopstream(self, arguments: Json) -> Json:
        if arguments.get("blocks"):
            self._hold(check_blocks(arguments["blocks"], Surface.MESSAGE), "invalid_blocks")
        self._chat_appendstream(arguments)
        found = self._found(arguments)
        found.blocks, found.streaming_since = arguments.get("blocks") or [], None
        found.metadata = arguments.get("metadata") or found.metadata
        return {"channel": found.channel, "ts": found.ts}

    def _exchanged(self, arguments: Json) -> None:
        issued = self.triggers.pop(str(arguments.get("trigger_id")), None)
        if issued is None:
            raise Refused("exchanged_trigger_id" if arguments.get("trigger_id") else "invalid_arguments")
        if self.now() - issued > self.trigger_seconds:
            raise Refused("expired_trigger_id")

    def _views_open(self, arguments: Json) -> Json:
        self._exchanged(arguments)
        self._hold(check_view(arguments["view"]), "invalid_arguments")
        view = {**arguments["view"], "id": f"V{next(self._serial)}", "hash": f"{next(self._serial)}"}
        self.views[view["id"]] = view
        return {"view": view}

    def _views_update(self, arguments: Json) -> Json:
        self._hold(check_view(arguments["view"]), "invalid_arguments")
        kept = self.views.get(str(arguments.get("view_id")))
        if kept is None:
            raise Refused("not_found")
        if arguments.get("hash") and arguments["hash"] != kept["hash"]:
            raise Refused("hash_conflict")
        kept |= {**arguments["view"], "hash": f"{next(self._serial)}"}
        return {"view": kept}

    def _views_publish(self, arguments: Json) -> Json:
        self._hold(check_view(arguments["view"]), "invalid_arguments")
        self.homes[arguments["user_id"]] = arguments["view"]
        return {"view": {**arguments["view"], "id": f"V{next(self._serial)}"}}

    def _users_info(self, arguments: Json) -> Json:
        if arguments["user"] not in self.people:
            raise Refused("user_not_found")
        return {"user": self.people[arguments["user"]]}

    def _files_info(self, arguments: Json) -> Json:
        if arguments["file"] not in self.files:
            raise Refused("file_not_found")
        return {"file": self.files[arguments["file"]]}

    def _conversations_info(self, arguments: Json) -> Json:
        if arguments["channel"] not in self.channels:
            raise Refused("channel_not_found")
        return {"channel": self.channels[arguments["channel"]]}

    def _conversations_members(self, arguments: Json) -> Json:
        self._conversations_info(arguments)
        members, begin = self.members[arguments["channel"]], int(arguments.get("cursor") or 0)
        end = begin + min(int(arguments["limit"]), self.page)
        more = str(end) if end < len(members) else ""
        return {"members": members[begin:end], "response_metadata": {"next_cursor": more}}


def _chunked(arguments: Json) -> str:
    return "".join(each["text"] for each in arguments.get("chunks", []) if each["type"] == "markdown_text")


@asynccontextmanager
async def serving(slack: MockSlack) -> AsyncIterator[MockSlack]:
    """The server on a free port; `slack.url` is the base URL for a client."""

    async def handle(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if slack.trouble[method]:
            return await _trouble(request, slack.trouble[method].popleft())
        known = slack.api.methods.get(method)
        arguments = await decoded(request, reads=bool(known and known.reads))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or arguments.pop("token", "")
        answer, wait = slack.answer(method, token, arguments)
        if wait:
            return web.json_response(answer, status=429, headers={"Retry-After": str(int(wait + 0.999))})
        return web.json_response(answer)

    async def respond(request: web.Request) -> web.Response:
        if slack.trouble["response_url"]:
            return await _trouble(request, slack.trouble["response_url"].popleft())
        slack.responses.append(await request.json())
        return web.Response(text="ok")

    app = web.Application(client_max_size=8 * 2**20)
    app.router.add_route("*", "/api/{method}", handle)
    app.router.add_post("/response_url", respond)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield slack
    finally:
        await runner.cleanup()


async def _trouble(request: web.Request, kind: str) -> web.Response:
    """What goes wrong between an app and Slack: "reset", or the number of an HTTP status."""
    if kind == "reset" and request.transport is not None:
        request.transport.abort()
    return web.Response(status=int(kind) if kind.isdigit() else 500)
