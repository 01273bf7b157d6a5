"""Prompts that Slack suggests before somebody writes: by who they are for the programme, and in their language."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.domain.people import Requester, Role, TierLadder
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.people import WhoIsWho
from prompts.messages import message

MOST = 4


@dataclass(frozen=True, slots=True)
class Prompts:
    """Suggests prompts."""

    who: WhoIsWho
    calls: SlackCalls

    async def suggest(self, actor: Actor, thread: str = "") -> None:
        """Suggest prompts in the app's own place, or in a thread of it."""
        requester = await self.who.requester(actor)
        more: Json = {"thread_ts": thread} if thread else {}
        await self.calls.call(
            "assistant.threads.setSuggestedPrompts",
            channel_id=actor.channel,
            title=message("slack_prompts_title", requester.locale),
            prompts=prompts_for(requester, self.who.ladder),
            **more,
        )


def prompts_for(requester: Requester, ladder: TierLadder) -> list[Json]:
    """At most four prompts: what their tier asks next, then what their role does most."""
    return [
        {"title": message(f"slack_prompt_{name}_title", requester.locale), "message": text}
        for name in _names(requester, ladder)[:MOST]
        if (text := message(f"slack_prompt_{name}", requester.locale, tier=_next(requester, ladder)))
    ]


def _names(requester: Requester, ladder: TierLadder) -> list[str]:
    if requester.role is Role.CHANNEL_MANAGER or requester.role is Role.ADMINISTRATOR:
        return ["queue", "expiring", "rules", "funds"]
    if requester.role is Role.PARTNER:
        top = ["funds"] if not _next(requester, ladder) else ["tier"]
        return [*top, "deal", "status", "protection"]
    return ["programme", "protection", "join"]


def _next(requester: Requester, ladder: TierLadder) -> str:
    """The tier above the requester's; "" at the top, or where it is not known."""
    if requester.tier not in ladder.names:
        return ""
    place = ladder.names.index(requester.tier) + 1
    return ladder.names[place] if place < len(ladder.names) else ""
