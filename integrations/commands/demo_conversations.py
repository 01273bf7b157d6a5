"""The conversations of `liaison demo`: deals registered in a chat, a double refused, co-sell partners asked for."""

from __future__ import annotations

from pydantic import BaseModel, Field
from rich.console import Console
from rich.markup import escape

from assistant.agents.events import TurnFinished
from assistant.cosell.learning import learnt
from assistant.cosell.register import read_register
from assistant.domain.people import principal
from integrations import cosell_file
from integrations.agency import open_agent
from integrations.bootstrap import Liaison
from integrations.surfaces.terminal import shown

MANAGER = "channel_manager:jonas"


class Conversation(BaseModel):
    """What somebody says one after the other, and what a reader should notice."""

    who: str = Field(alias="as")
    says: tuple[str, ...]
    expect: str


async def converse(console: Console, installation: Liaison, conversations: tuple[Conversation, ...]) -> None:
    """Hold the conversations of the session and show them whole."""
    await learn(installation)
    console.print()
    console.rule("[bold]Conversations[/] (liaison chat), without a language model", align="left")
    async with open_agent(installation) as agent:
        for number, each in enumerate(conversations, start=1):
            console.print()
            console.rule(each.who, align="left", style="dim")
            requester = installation.directory.requester(each.who)
            for text in each.says:
                console.print(f"[bold]> {escape(text.strip())}[/]", highlight=False)
                async for event in agent.say(f"demo {number}", text, requester=requester):
                    if isinstance(event, TurnFinished):
                        console.print(escape(shown(event.reply)), highlight=False, soft_wrap=True)
                console.print()
            console.print(f"  [dim italic]→ {escape(each.expect)}[/]", highlight=False)


async def learn(installation: Liaison) -> None:
    """Train the co-sell model on the PRM's history, as `liaison cosell train` does."""
    register = await read_register(installation.prm.prm, principal(MANAGER))
    model = learnt(register.past(before=installation.clock.now().date()))
    cosell_file.save(installation.settings.data, model)
