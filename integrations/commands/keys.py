"""`liaison keys`: who may call the HTTP interface."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from assistant.ports.api_keys import ApiKey
from integrations.bootstrap import Liaison, build
from integrations.commands.acting import table
from integrations.settings import Settings
from integrations.surfaces.http.keys import KeyRing, NewKey, state_of
from integrations.surfaces.http.scopes import ALL_SCOPES, READERS_SCOPES

T = TypeVar("T")
DAYS = 90
app = typer.Typer(no_args_is_help=True, help="Keys for the HTTP interface: create, list, rotate, revoke.")
KeyId = Annotated[str, typer.Argument(help="The id as `liaison keys list` shows it.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for, for people who read the list.")],
    who: Annotated[
        str, typer.Option("--as", help="Whom it stands for: partner:ID, channel_manager:ID, administrator:ID.")
    ] = "",
    scope: Annotated[
        list[str] | None, typer.Option(help=f"May be repeated. One of: {', '.join(sorted(ALL_SCOPES))}.")
    ] = None,
    days: Annotated[int, typer.Option(min=0, help="Days until it expires; 0 means never.")] = DAYS,
    rate: Annotated[int, typer.Option(min=0, help="Calls a minute; 0 means the installation's limit.")] = 0,
) -> None:
    """Make a key and show it, this once. Without --as it stands for nobody and sees public content only."""

    async def work(liaison: Liaison) -> NewKey:
        liaison.directory.requester(who)
        return await ring(liaison).create(
            name=name,
            principal=who,
            scopes=scope or [str(each) for each in READERS_SCOPES],
            lifetime=timedelta(days=days) if days else None,
            rate_per_minute=rate,
        )

    _show_once(_run(work))


@app.command("list")
def list_keys() -> None:
    """Every key with its state; never a secret."""

    async def work(liaison: Liaison) -> tuple[list[ApiKey], list[str]]:
        keys = await liaison.api_keys.all()
        return keys, [state_of(key, liaison.clock.now()) for key in keys]

    keys, states = _run(work)
    rows = [
        (
            key.id,
            key.name,
            key.principal or "public",
            ", ".join(sorted(key.scopes)),
            state,
            key.expires.date() if key.expires else "never",
        )
        for key, state in zip(keys, states, strict=True)
    ]
    table("Keys", ("id", "name", "stands for", "scopes", "state", "expires"), rows)


@app.command()
def rotate(
    key_id: KeyId,
    grace: Annotated[int, typer.Option(min=0, help="Hours for which the old secret stays good.")] = 24,
) -> None:
    """Give a key a new secret and show it, this once."""

    async def work(liaison: Liaison) -> NewKey:
        return await ring(liaison).rotate(key_id, grace=timedelta(hours=grace))

    _show_once(_run(work))


@app.command()
def revoke(key_id: KeyId) -> None:
    """End a key now."""

    async def work(liaison: Liaison) -> ApiKey:
        return await ring(liaison).revoke(key_id)

    key = _run(work)
    Console().print(f"The key {key.id} ({key.name}) is revoked.", markup=False, highlight=False)


def ring(liaison: Liaison) -> KeyRing:
    """The keys of an installation."""
    return KeyRing(store=liaison.api_keys, clock=liaison.clock, known_scopes=ALL_SCOPES)


def _run(work: Callable[[Liaison], Awaitable[T]]) -> T:
    async def awaited(liaison: Liaison) -> T:
        return await work(liaison)

    liaison = build(Settings())
    try:
        return asyncio.run(awaited(liaison))
    finally:
        liaison.close()


def _show_once(made: NewKey) -> None:
    """The token alone on standard output, so that a script can take it; everything else beside it."""
    beside = Console(stderr=True)
    key = made.key
    until = f"until {key.expires.date()}" if key.expires else "without an end"
    beside.print(f"Key {key.id} for {key.principal or 'public content'}, {until}.", markup=False, highlight=False)
    beside.print("Keep it now; it cannot be shown again:", highlight=False)
    typer.echo(made.token)
