"""`liaison ask`: one question, one cited answer."""

from __future__ import annotations

import asyncio
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


def ask(
    question: Annotated[str, typer.Argument(help="The question, in any language.")],
    who: Who = "",
    lang: Annotated[str, typer.Option(help="Language of the question, when detection is wrong.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    explain: Annotated[bool, typer.Option(help="Show the passages considered and every score.")] = False,
) -> None:
    """Answer a question from the content, with citations, or say that it is not there."""
    installation = build(Settings())
    try:
        answered = asyncio.run(_ask(installation, question, who=who, lang=lang))
    finally:
        installation.close()
    console = Console()
    if as_json:
        console.print_json(ANSWER.dump_json(answered.answer).decode())
    else:
        print_answer(console, answered.answer)
    if explain:
        print_scores(Console(stderr=as_json), answered)


async def _ask(installation: Liaison, question: str, *, who: str, lang: str) -> Answered:
    if who not in {"", "anonymous"}:
        acting(who)
    requester = installation.directory.requester(who)
    return await installation.answerer.explain(Question(text=question, requester=requester, language=lang))
