"""A reply that appears while it is made, and is complete at the end whatever becomes of its stream."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError

from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.rendering import MARKDOWN, markdown, parts_of, safe_markdown
from integrations.surfaces.slack.standing import Standing

BUFFER = 256  # characters that are worth a call
STREAM_SECONDS = 240.0  # Slack ends a stream after five minutes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply goes: a thread of a channel, and who it is for."""

    channel: str
    thread: str
    team: str
    user: str


@dataclass
class StreamedReply:
    """One reply. `say` adds text, `finish` completes it; nothing said is lost when tokens or the stream run out.

    `does` tells a step that is taken for it, which a stream shows. `before` ends before anything of it is seen.
    `standing` knows what stands of it from an earlier attempt, which `take_up` goes on with.
    """

    calls: SlackCalls
    place: Place
    now: Callable[[], float] = time.monotonic
    before: Awaitable[object] | None = None
    standing: Standing | None = None
    _text: str = ""
    _shown: int = 0
    _ts: str = ""
    _began: float = 0.0
    _plain: bool = False
    _open: bool = False  # whether its first message may still be a stream, which cannot be edited
    _taken_up: bool = False
    _later: list[str] = field(default_factory=list)  # messages after the first, from an earlier attempt
    _steps: dict[str, Json] = field(default_factory=dict)  # as they are now
    _untold: set[str] = field(default_factory=set)

    async def take_up(self) -> None:
        """Go on with what stands of it: that is replaced by the whole at the end, and nothing is streamed before."""
        stands = await self.standing.messages() if self.standing else []
        if stands:
            self._ts, *self._later = stands
            self._plain = self._open = self._taken_up = True

    async def say(self, text: str) -> None:
        """Add text, shown at once where Slack has room for it, else later."""
        self._text += text
        if self._plain or len(self._text) > MARKDOWN:
            return
        waiting = len(self._text) - self._shown
        if not self._ts:
            await self._start()
        elif waiting >= BUFFER and self.now() - self._began < STREAM_SECONDS:
            await self._append()

    async def does(self, step: Json, *, at_once: bool = True) -> None:
        """A step as it is now; with `at_once` it is worth beginning the stream for."""
        self._steps[step["id"]] = step
        self._untold.add(step["id"])
        if self._plain or (not at_once and not self._ts):
            return
        if not self._ts:
            await self._start()
        elif self.now() - self._began < STREAM_SECONDS:
            await self._append()

    async def finish(self, text: str, blocks: list[Json]) -> str:
        """Complete the reply with its final text and what stands below it; the ts of its first message."""
        said, self._text = self._text, text
        first, *rest = parts_of(text) or [""]
        streamed = bool(self._ts) and not rest and text.startswith(said[: self._shown])
        if not (streamed and await self._stop(blocks)):
            await self._replace(first, [] if rest else blocks)
        for place, part in enumerate(rest, start=1):
            await self._follow(part, blocks if place == len(rest) else [])
        return self._ts

    async def privately(self, text: str, shown: list[list[Json]], *, part: str = "private") -> None:
        """Show messages to whoever is replied to and nobody else; those not again that an earlier attempt showed.

        `text` is for notifications, and `part` names what is shown.
        """
        where: Json = {"channel": self.place.channel, "user": self.place.user, "thread_ts": self.place.thread}
        for number, blocks in enumerate(shown, start=1):
            name = part if number == 1 else f"{part}:{number}"
            if self.standing and await self.standing.seen(name):
                continue
            made = await self.calls.call("chat.postEphemeral", **where, text=text[:500], blocks=blocks)
            if self.standing:
                await self.standing.note(str(made["message_ts"]), part=name)

    async def _start(self) -> None:
        """Begin a stream if there is room to begin and to end it; the room to end it is kept for it."""
        await self._preceded()
        where = self.place.channel
        if self.calls.governor.take(("chat.startStream", where), ("chat.stopStream", where)):
            self._plain = True
            return
        try:
            made = await self.calls.call(
                "chat.startStream",
                counted=True,
                channel=where,
                thread_ts=self.place.thread,
                recipient_team_id=self.place.team,
                recipient_user_id=self.place.user,
                **self._new(),
            )
        except SlackApiError:
            self._plain = True
            return
        if self.standing and not await self.standing.note(str(made["ts"])):
            self._plain = True  # an attempt to make another reply took it up
            return
        self._ts, self._began, self._open = str(made["ts"]), self.now(), True
        self._told()

    async def _append(self) -> None:
        if self.calls.governor.take(("chat.appendStream", self.place.channel)):
            return
        try:
            await self.calls.call(
                "chat.appendStream", counted=True, channel=self.place.channel, ts=self._ts, **self._new()
            )
        except SlackApiError:
            self._plain = True  # stopped by its reader or by time: the rest comes at the end
        else:
            self._told()

    async def _stop(self, blocks: list[Json]) -> bool:
        """End the stream with the rest of the text; whether that worked."""
        if self._plain or self.now() - self._began >= STREAM_SECONDS:
            return False
        return await self._end(blocks=blocks, **self._new())

    async def _end(self, **more: Any) -> bool:  # noqa: ANN401 - JSON
        """End the stream; whether it was one until now. Room for that was kept when it was begun."""
        if not self._open:
            return False
        self._open, where = False, {"channel": self.place.channel, "ts": self._ts}
        try:
            await self.calls.call("chat.stopStream", counted=not self._taken_up, **where, **self._marked, **more)
        except SlackApiError:
            return False
        return True

    def _new(self) -> Json:
        """What was not shown yet, as the arguments of a stream: its text, with steps among it as chunks."""
        text = safe_markdown(self._text[self._shown :])
        chunks: list[Json] = [self._steps[name] for name in self._steps if name in self._untold]
        if not chunks:
            return {"markdown_text": text} if text else {}
        return {"chunks": [*chunks, *([{"type": "markdown_text", "text": text}] if text else [])]}

    def _told(self) -> None:
        self._shown = len(self._text)
        self._untold.clear()

    async def _preceded(self) -> None:
        if self.before is not None:
            before, self.before = self.before, None
            await before

    async def _replace(self, text: str, blocks: list[Json]) -> None:
        """Show the text as one message: in the place of the stream, or as a new one."""
        if self._ts:
            await self._end()
            if await self._edit(self._ts, text, blocks):
                return
            self._ts = ""  # gone or not ours to change: say it anew
        await self._post(text, blocks)

    async def _follow(self, text: str, blocks: list[Json]) -> None:
        """A further part: in the place of the one that stands from an earlier attempt, or as a new message."""
        if not (self._later and await self._edit(self._later.pop(0), text, blocks)):
            await self._post(text, blocks)

    async def _edit(self, ts: str, text: str, blocks: list[Json]) -> bool:
        made: Json = {"channel": self.place.channel, "ts": ts, **self._marked, **whole(text, blocks)}
        try:
            await self.calls.call("chat.update", **made)
        except SlackApiError:
            return False
        return True

    @property
    def _marked(self) -> Json:
        return {"metadata": self.standing.mark} if self.standing else {}

    async def _post(self, text: str, blocks: list[Json]) -> None:
        await self._preceded()
        where: Json = {"channel": self.place.channel, "thread_ts": self.place.thread, **self._marked}
        made = await self.calls.call("chat.postMessage", unfurl_links=False, **where, **whole(text, blocks))
        self._ts = self._ts or str(made["ts"])
        if self.standing:
            await self.standing.note(str(made["ts"]))


def whole(text: str, blocks: list[Json]) -> Json:
    """The arguments of a message: its blocks, and its beginning for notifications."""
    return {"text": safe_markdown(text)[:500] or " ", "blocks": [markdown(text), *blocks]}
