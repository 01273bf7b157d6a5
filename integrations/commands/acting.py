"""Who a command acts for, and how commands on the PRM run and print."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.domain.people import Requester, Role
from assistant.errors import LiaisonError, PrmError, UsageError
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

T = TypeVar("T")
ROLES = {"partner": Role.PARTNER, "manager": Role.CHANNEL_MANAGER, "administrator": Role.ADMINISTRATOR}
MANAGER = "manager:desk"
console = Console()
As = typer.Option("--as", help="Who asks: partner:ID, manager:NAME or administrator:NAME.")
Json = typer.Option("--json", help="Print JSON.")


def acting(who: str) -> Requester:
    """The requester that --as names; raises UsageError."""
    kind, _, name = who.partition(":")
    if kind not in ROLES or not name:
        raise UsageError(
            f"{who!r} names nobody.", hint="Use --as partner:ID, --as manager:NAME or --as administrator:NAME."
        )
    partner_id = name if kind == "partner" else ""
    return Requester(user=name, role=ROLES[kind], partner_id=partner_id)


def run(work: Callable[[Liaison], Awaitable[T]]) -> T:
    """What `work` returns on the PRM of the settings. Prints errors for people and ends with code 1."""
    try:
        installation = build(Settings())
        try:
            return asyncio.run(_awaited(work, installation))
        finally:
            installation.close()
    except LiaisonError as error:
        complain(error)
        raise typer.Exit(1) from error


async def _awaited(work: Callable[[Liaison], Awaitable[T]], installation: Liaison) -> T:
    return await work(installation)


def complain(error: LiaisonError) -> None:
    """Print an error: one line for each field that is off, and what to do."""
    if isinstance(error, PrmError):
        for problem in error.problems:
            field = f"{problem.field}: " if problem.field else ""
            console.print(f"[red]{escape(field + problem.message)}[/red] ({problem.code})")
    else:
        console.print(f"[red]{escape(error.message)}[/red]")
    console.print(escape(error.hint))


def show(value: Any, *, as_json: bool) -> bool:  # noqa: ANN401 - any record
    """Print a record as JSON if asked to; whether it was."""
    if as_json:
        console.print_json(TypeAdapter(type(value)).dump_json(value).decode())
    return as_json


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a table."""
    printed = Table(*columns, title=title, title_justify="left")
    for row in rows:
        printed.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    console.print(printed)
