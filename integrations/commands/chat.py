"""`liaison chat`: a conversation that does things, with approvals in the terminal."""

from __future__ import annotations

import asyncio
import select
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assistant.agents.events import (
    ApprovalAsked,
    CitationGiven,
    SentenceSaid,
    ToolCalled,
    TurnEvent,
    TurnFinished,
)
from assistant.domain.people import Requester
from assistant.errors import LiaisonError
from assistant.retrieval.language import question_language
from integrations.agency import open_agent
from integrations.bootstrap import Liaison
from integrations.commands.acting import Who, acting, complain, run
from integrations.surfaces.terminal import print_source, shown

PASTE_SECONDS = 0.05  # lines that come this fast after one another are one message
ENDS = {"/quit", "/exit", "/bye"}


def chat(
    *,
    who: Who,
    thread: Annotated[str, typer.Option(help="Name of your conversation; it goes on where it was.")] = "terminal",
    message: Annotated[
        list[str] | None, typer.Option("--message", "-m", help="Say this instead of asking; may be repeated.")
    ] = None,
) -> None:
    """Talk with Liaison: questions, deal registrations, changes, funds, co-sell. You approve what is written."""

    async def work(liaison: Liaison) -> None:
        requester = person(liaison, who)
        async with open_agent(liaison) as agent:
            async for text in _messages(message):
                try:
                    language = question_language(text, default=requester.locale)
                    await _turn(Console(), agent.say(thread, text, requester=requester), language=language)
                except LiaisonError as error:
                    complain(error)

    run(work)


def person(liaison: Liaison, who: str) -> Requester:
    """The requester of --as: with tier, regions and locale where there is a directory of people."""
    known = acting(who)
    return liaison.directory.requester(who) if liaison.settings.partners else known


async def _messages(given: list[str] | None) -> AsyncIterator[str]:
    if given:
        for text in given:
            yield text
        return
    typed = _typed() if sys.stdin.isatty() else _piped()
    while text := await asyncio.to_thread(next, typed, ""):
        yield text


def _typed() -> Iterator[str]:
    """What somebody types; lines that are pasted together are one message."""
    console = Console()
    console.print("Ask, or tell me what to register. /quit ends; the conversation stays.", style="dim")
    while True:
        try:
            lines = [console.input("[bold]> [/]")]
            while select.select([sys.stdin], [], [], PASTE_SECONDS)[0]:
                lines.append(input())
        except EOFError:
            return
        text = "\n".join(lines).strip()
        if text in ENDS:
            return
        if text:
            yield text


def _piped() -> Iterator[str]:
    """The paragraphs of standard input."""
    yield from (part.strip() for part in sys.stdin.read().split("\n\n") if part.strip())


async def _turn(console: Console, events: AsyncIterator[TurnEvent], *, language: str) -> None:
    sources: list[CitationGiven] = []
    async for event in events:
        match event:
            case ToolCalled(tool):
                console.print(escape(f"  … {tool}"), style="dim", highlight=False)
            case CitationGiven():
                sources.append(event)
            case SentenceSaid(text):
                console.print(escape(shown(text)), end="", highlight=False, soft_wrap=True)
            case ApprovalAsked():
                _print_approval(console, event)
            case TurnFinished():
                console.print()
    for source in sources:
        print_source(console, source.number, source.citation, language=language)


def _print_approval(console: Console, asked: ApprovalAsked) -> None:
    console.print()
    console.print(escape(shown(asked.text)), highlight=False, soft_wrap=True)
    told = f"approval {asked.approval_id}, digest {asked.digest}"
    console.print(escape(told), style="dim", highlight=False, soft_wrap=True)
