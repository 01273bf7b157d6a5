"""`liaison replay`: what an answer of another day was made from, held against the content of today."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from assistant.answering.replay import Replay, Standing, replay
from assistant.domain.answer import Answer
from assistant.errors import UsageError
from integrations.bootstrap import build
from integrations.commands.ask import ANSWER
from integrations.settings import Settings

REPLAY = TypeAdapter(Replay)
TOLD = {
    Standing.SAME: "as it was",
    Standing.MOVED: "the same words, elsewhere in the document",
    Standing.CHANGED: "the document no longer says this",
    Standing.GONE: "the document is gone",
}


def replay_answer(
    answer: Annotated[str, typer.Argument(help="File with the JSON that `liaison ask --json` printed; - reads it.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Tell of every quote of an answer whether it still stands; the exit code is 1 when one does not."""
    given = _read(answer)
    liaison = build(Settings())
    try:
        found = asyncio.run(replay(given, liaison.content))
    finally:
        liaison.close()
    console = Console()
    if as_json:
        console.print_json(REPLAY.dump_json(found).decode())
    else:
        _print(console, given, found)
    if not found.holds:
        raise typer.Exit(1)


def _read(where: str) -> Answer:
    try:
        return ANSWER.validate_json(sys.stdin.read() if where == "-" else Path(where).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{where} cannot be read: {error.strerror}.") from error
    except (ValidationError, UnicodeDecodeError) as error:
        hint = "Give the JSON that `liaison ask --json` printed."
        raise UsageError(f"{where} is not an answer.", hint=hint) from error


def _print(console: Console, answer: Answer, found: Replay) -> None:
    console.print(f"{answer.question}", style="bold", markup=False, highlight=False)
    console.print(f"Answered from state {answer.generation} of the content, which is at {found.generation} now.")
    table = Table("source", "quote", "today")
    for number, each in enumerate(found.citations, start=1):
        title, quote = each.citation.title, " ".join(each.citation.quote.split())
        table.add_row(f"{number} {title}", quote[:160] + ("…" if len(quote) > 160 else ""), TOLD[each.standing])
    if found.citations:
        console.print(table, markup=False)
    else:
        console.print("The answer quotes nothing.")
