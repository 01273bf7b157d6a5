"""What stands in Slack of a reply already, so that one that is made again goes on with it and says nothing twice."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from assistant.ports.chat_desk import ChatDesk
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.outgoing import SlackCalls

MARK = "liaison_reply"  # the type of the metadata by which Liaison knows a message of its own
LOOKED_AT = 100  # messages of a thread


def marked(key: str) -> Json:
    """Metadata that tells what a message replies to. Everybody in the workspace can read it: no secret."""
    return {"event_type": MARK, "event_payload": {"key": key}}


def moment(ts: str) -> tuple[int, int]:
    """A message's time as numbers: seconds since 1970 and a count."""
    seconds, _, count = ts.partition(".")
    return int(seconds), int(count or 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """The reply to a message, by the `key` of its event. `said` is the message's time, `bot` the app's own account.

    `again` means that it was begun before, by a process that died or failed.
    """

    chat: ChatDesk
    calls: SlackCalls
    key: str
    team: str
    channel: str
    thread: str
    said: str
    bot: str
    again: bool = False

    @property
    def mark(self) -> Json:
        """The metadata of its messages."""
        return marked(self.key)

    async def messages(self) -> list[str]:
        """The times of its messages, the first one first; none of a reply that was not begun before.

        A message that Slack took and nobody noted, since the process died in between, is found in its thread, where
        the app may read that (a direct message, or a channel whose follow-ups it hears).
        """
        kept = set(await self.chat.replies(self.key)) if self.again else set()
        for ts in await self._unnoted(sure=bool(kept)) if self.again else ():
            if ts not in kept and await self.note(ts):
                kept.add(ts)
        return sorted(kept, key=moment)

    async def note(self, ts: str, *, part: str = "") -> bool:
        """Keep that a message is of this reply, or a private `part` of it; False when another one has taken it up."""
        return await self.chat.replied(self._key(part), team=self.team, channel=self.channel, ts=ts)

    async def seen(self, part: str) -> bool:
        """Whether an earlier attempt showed a private part."""
        return self.again and bool(await self.chat.replies(self._key(part)))

    def _key(self, part: str) -> str:
        return f"{self.key}:{part}" if part else self.key

    async def _unnoted(self, *, sure: bool) -> list[str]:
        """What may be its messages: those with its mark, and the first stream that was begun and not ended.

        A stream bears no mark until it ends. With `sure` its first message is known, so it has no such stream.
        """
        where: Json = {"channel": self.channel, "ts": self.thread, "oldest": self.said, "limit": LOOKED_AT}
        try:
            told = await self.calls.call("conversations.replies", include_all_metadata=True, **where)
        except SlackApiError:
            return []
        later = [each for each in told.get("messages", ()) if moment(str(each["ts"])) > moment(self.said)]
        own = [each for each in later if each.get("user") == self.bot]
        bare = [] if sure else [str(each["ts"]) for each in own if not each.get("metadata")]
        mine = [str(each["ts"]) for each in own if (each.get("metadata") or {}) == self.mark]
        if mine or not bare:
            return mine
        return [free] if (free := await self._free(bare)) else []

    async def _free(self, bare: list[str]) -> str:
        """The first of these that no other reply has taken up, taken up for this one."""
        for ts in bare:
            if await self.note(ts):
                return ts
        return ""


@dataclass(frozen=True, slots=True)
class Traces:
    """Makes what knows a reply of one app."""

    chat: ChatDesk
    calls: SlackCalls
    bot: str

    def of(self, key: str, *, team: str, channel: str, thread: str, said: str, again: bool) -> Standing:
        """The reply to a message."""
        return Standing(self.chat, self.calls, key, team, channel, thread, said, self.bot, again)
