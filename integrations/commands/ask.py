"""`liaison ask`: one question, one cited answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console

from assistant.answering.answer import Answered
from assistant.domain.answer import Answer
from assistant.retrieval.retrieve import Question
from integrations.bootstrap import Liaison, build
from integrations.commands.acting import Who, acting
from integrations.settings import Settings
from integrations.surfaces.terminal import print_answer, print_scores

ANSWER = TypeAdapter(Answer)
TERMINAL = "terminal"  # whose conversations those of an unknown person at this terminal are


def ask(
    question: Annotated[str, typer.Argument(help="The question, in any language.")],
    *,
    who: Who = "",
    lang: Annotated[str, typer.Option(help="Language of the question, when detection is wrong.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    thread: Annotated[
        str, typer.Option(help="Name of your conversation: a follow-up is understood with what you asked before in it.")
    ] = "",
    explain: Annotated[bool, typer.Option(help="Show the passages considered and every score.")] = False,
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Quote the content, also where a model is set.")] = False,
) -> None:
    """Answer a question from the content, with citations, or say that it is not there."""
    installation = build(Settings())
    try:
        answered = asyncio.run(_ask(installation, question, who=who, lang=lang, thread=thread, quoting=no_llm))
    finally:
        installation.close()
    console = Console()
    if as_json:
        console.print_json(ANSWER.dump_json(answered.answer).decode())
    else:
        print_answer(console, answered.answer)
    if explain:
        print_scores(Console(stderr=as_json), answered)


async def _ask(installation: Liaison, question: str, *, who: str, lang: str, thread: str, quoting: bool) -> Answered:
    if who not in {"", "anonymous"}:
        acting(who)
    requester = installation.directory.requester(who)
    requester = requester if requester.user else replace(requester, user=TERMINAL)
    conversation = installation.conversation
    if quoting:
        conversation = replace(conversation, answerer=installation.quoting_answerer)
    return await conversation.explain(thread, Question(text=question, requester=requester, language=lang))
