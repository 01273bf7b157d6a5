"""What is being done while a reply is made: the line below its thread, and the steps within a streamed one."""

from __future__ import annotations

import asyncio

from slack_sdk.errors import SlackApiError

from assistant.errors import ProviderUnavailable
from assistant.tools.writes import COMMANDS
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.outgoing import SlackCalls
from prompts.messages import message

STATUS = "assistant.threads.setStatus"
LOADING = 50  # characters of a line that Slack shows in turn
TITLE = 256
CONTENT = "search_content"
READS_CONTENT = frozenset({CONTENT, "read_section", "learning_path"})


async def working(calls: SlackCalls, channel: str, thread: str, language: str, *, seconds: float) -> None:
    """Say that a reply is on its way, until it begins; goes without where Slack has no room or no place for it."""
    if calls.governor.take((STATUS, channel)):
        return
    told = [message(f"slack_status_{number}", language)[:LOADING] for number in range(1, 4)]
    where: Json = {"channel_id": channel, "thread_ts": thread}
    try:
        async with asyncio.timeout(seconds):
            await calls.call(STATUS, counted=True, status=told[0], loading_messages=told, **where)
    except (SlackApiError, ProviderUnavailable, TimeoutError):
        return


def step(tool: str, language: str, *, status: str) -> Json:
    """A step of a streamed reply: what a tool does, "in_progress", "complete" or "error"."""
    return {"type": "task_update", "id": tool[:255], "title": title_of(tool, language), "status": status}


def title_of(tool: str, language: str) -> str:
    """What a tool does, in words of whoever waits for it."""
    kind = "content" if tool in READS_CONTENT else "proposal" if tool in COMMANDS else "records"
    return message(f"slack_task_{kind}", language)[:TITLE]
