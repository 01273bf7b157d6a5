"""Who a command acts for, and how commands on the PRM run, read files and print."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.domain.people import PRINCIPALS, Requester, principal
from assistant.errors import LiaisonError, PrmError, RecordNotFound, UsageError
from assistant.ports.prm import LARGEST_PAGE, Page, Window, Write
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

T = TypeVar("T")
MANAGER = "channel_manager:desk"
console = Console()
Who = Annotated[str, typer.Option("--as", help=f"Who asks: {PRINCIPALS}.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Key = Annotated[str, typer.Option(help="Idempotency key: the same key does the same thing only once.")]
Version = Annotated[str, typer.Option(help="The version you saw; empty means the present one.")]
Limit = Annotated[int, typer.Option(help=f"How many to show, up to {LARGEST_PAGE}.")]
Cursor = Annotated[str, typer.Option(help="Where the page before this one ended, as it said.")]


class Kept(Protocol):
    """A record with an id and a version."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def version(self) -> str:
        """Its version."""
        ...


K = TypeVar("K", bound=Kept)


def acting(who: str) -> Requester:
    """The requester that --as names; raises UsageError. The same words everywhere: partner:acme."""
    return principal(who)


def run(work: Callable[[Liaison], Awaitable[T]]) -> T:
    """What `work` returns on the installation of the settings. Tells errors to people and ends with code 1 or 2."""
    try:
        installation = build(Settings())
        try:
            return asyncio.run(_awaited(work, installation))
        finally:
            installation.close()
    except LiaisonError as error:
        complain(error)
        raise typer.Exit(2 if isinstance(error, UsageError) else 1) from error


async def _awaited(work: Callable[[Liaison], Awaitable[T]], installation: Liaison) -> T:
    return await work(installation)


def writing(who: str, *, key: str, version: str = "") -> Write:
    """A write by whom --as names, under a new key unless one is given."""
    return Write(requester=acting(who), key=key or f"cli-{uuid.uuid4()}", expected_version=version)


async def sought(read: Callable[[Window], Awaitable[Page[K]]], wanted: str) -> K:
    """The record of this id among all pages; raises RecordNotFound."""
    window = Window(limit=LARGEST_PAGE)
    while True:
        page = await read(window)
        for item in page.items:
            if item.id == wanted:
                return item
        if not page.cursor:
            raise RecordNotFound(f"There is no {wanted!r} that you can see.")
        window = Window(limit=LARGEST_PAGE, cursor=page.cursor)


def read_file(path: Path, read: Callable[[str], T]) -> T:
    """What `read` makes of a text file. Tells errors to people and ends with code 1."""
    try:
        return read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        complain(UsageError(f"{path} cannot be read: {error}", hint="Give a text file in UTF-8."))
        raise typer.Exit(2) from error
    except LiaisonError as error:
        complain(error)
        raise typer.Exit(1) from error


def complain(error: LiaisonError) -> None:
    """Tell an error on standard error: one line for each field that is off, and what to do."""
    beside = Console(stderr=True)
    if isinstance(error, PrmError):
        for problem in error.problems:
            field = f"{problem.field}: " if problem.field else ""
            beside.print(f"[red]{escape(field + problem.message)}[/red] ({problem.code})", highlight=False)
    else:
        beside.print(f"[red]{escape(error.message)}[/red]", highlight=False)
    beside.print(escape(error.hint), highlight=False)


def show(value: Any, *, as_json: bool) -> bool:  # noqa: ANN401 - any record
    """Print a record or a page of them as JSON if asked to; whether it was."""
    if as_json:
        typer.echo(TypeAdapter(type(value)).dump_json(value, indent=2).decode())
    return as_json


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, cursor: str = "") -> None:
    """Print rows as a table, and how to get the next page if there is one."""
    printed = Table(*columns, title=title, title_justify="left")
    for row in rows:
        printed.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    console.print(printed)
    if cursor:
        console.print(f"More: --cursor {cursor}", highlight=False, soft_wrap=True)
