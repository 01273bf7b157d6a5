"""`liaison slack`: the Slack surface."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assistant.errors import UsageError
from integrations.surfaces.slack.blockkit import check_blocks, check_message, check_view
from integrations.surfaces.slack.blockkit_rules import Fault, Surface

app = typer.Typer(no_args_is_help=True, help="Liaison in Slack.")


@app.callback()
def slack() -> None:
    """Liaison in Slack."""


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="JSON of a message, a view or a list of blocks; - for standard input.")],
    surface: Annotated[Surface, typer.Option(help="Where a list of blocks is to stand.")] = Surface.MESSAGE,
) -> None:
    """Check a Block Kit payload against Slack's limits and rules, offline. Exit code 1 when something is broken."""
    faults = _faults(_decoded(file), surface)
    console = Console()
    for fault in faults:
        console.print(str(fault), markup=False, highlight=False, soft_wrap=True)
    if faults:
        raise typer.Exit(1)
    console.print("Slack takes this.")


def _faults(payload: object, surface: Surface) -> list[Fault]:
    if isinstance(payload, list):
        return check_blocks(payload, surface, at="")
    if not isinstance(payload, dict):
        raise UsageError("That is no message, view or list of blocks.")
    return check_view(payload) if payload.get("type") in {"modal", "home"} else check_message(payload)


def _decoded(file: str) -> object:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}.") from error
