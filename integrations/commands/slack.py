"""`liaison slack`: the Slack surface."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assistant.errors import UsageError
from integrations.bootstrap import Liaison, build
from integrations.records.slack.vault import new_key
from integrations.settings import Settings
from integrations.surfaces.slack.blockkit import check_blocks, check_message, check_view
from integrations.surfaces.slack.blockkit_rules import Fault, Surface
from integrations.surfaces.slack.forgetting import forgetting
from integrations.surfaces.slack.installing import installed
from integrations.surfaces.slack.manifest import manifest
from integrations.surfaces.slack.preview import page
from integrations.surfaces.slack.surface import open_surface

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


@app.command()
def preview(
    file: Annotated[Path, typer.Argument(help="Page of HTML to write.")] = Path("slack-preview.html"),
    language: Annotated[list[str], typer.Option(help="Language to show; say it again for more.")] = ["en", "de", "ar"],  # noqa: B006 - typer reads it only
) -> None:
    """Write a page that shows every message, card and form in several languages, as Slack would."""
    file.write_text(page(language), encoding="utf-8")
    Console().print(f"Written: {file}", highlight=False)


@app.command("manifest")
def show_manifest(
    url: Annotated[str, typer.Option(help="Public address of `liaison serve`; empty for Socket Mode.")] = "",
    many: Annotated[bool, typer.Option("--many", help="For many workspaces, which install the app by OAuth.")] = False,
    assistant: Annotated[bool, typer.Option("--assistant", help="For an app made before agent_view.")] = False,
) -> None:
    """Print the manifest to create the app from at api.slack.com/apps.

    With LIAISON_SLACK_FOLLOW_UPS it asks to read the channels that the app is in.
    """
    if many and not url:
        raise UsageError("Many workspaces are served over HTTP only.", hint="Add --url https://liaison.example.")
    follow_ups = Settings().slack_follow_ups
    typer.echo(json.dumps(manifest(url=url, many=many, assistant=assistant, follow_ups=follow_ups), indent=2))


@app.command()
def key() -> None:
    """Print a new key for LIAISON_SLACK_TOKEN_KEYS."""
    typer.echo(new_key())


@app.command("renew-keys")
def renew_keys() -> None:
    """Encrypt every workspace's tokens anew with the first key; the older ones can be taken away afterwards."""
    liaison = build(Settings())
    try:
        count = installed(liaison).renew()
    finally:
        liaison.close()
    Console().print(f"Encrypted {count} row{'' if count == 1 else 's'} anew.", highlight=False)


@app.command()
def workspaces() -> None:
    """List the workspaces that installed the app."""
    liaison = build(Settings())
    try:
        for team, name in liaison.slack.installed():
            Console().print(f"{team}  {name}", markup=False, highlight=False)
    finally:
        liaison.close()


@app.command()
def forget(team: Annotated[str, typer.Argument(help="Id of a workspace, T….")]) -> None:
    """Delete what is kept of a workspace: its installation, links and conversations."""
    liaison = build(Settings())
    try:
        made = installed(liaison) if liaison.settings.slack_client_id else None
        asyncio.run(forgetting(liaison, made).workspace(team, uninstall=True))
    finally:
        liaison.close()
    Console().print(f"Nothing of {team} is kept any more.", highlight=False)


@app.command()
def code(
    who: Annotated[str, typer.Option("--as", help="Whom it shall stand for: partner:ID or channel_manager:ID.")],
    hours: Annotated[float, typer.Option(min=0.1, max=168, help="How long it is good.")] = 24,
) -> None:
    """Make a code that links one Slack account, once: `/partner link CODE`."""
    liaison = build(Settings())
    try:
        liaison.directory.requester(who)
        made = asyncio.run(liaison.slack.links.new_code(who, lifetime=timedelta(hours=hours)))
    finally:
        liaison.close()
    Console(stderr=True).print(f"Good once, for {hours:g} hours. In Slack: /partner link CODE", highlight=False)
    typer.echo(made)


@app.command()
def run() -> None:
    """Answer in Slack over Socket Mode until stopped; no public address is needed."""
    liaison = build(Settings())
    try:
        asyncio.run(_connected(liaison))
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped.")
    finally:
        liaison.close()


async def _connected(liaison: Liaison) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with open_surface(liaison) as surface:
        connection = await surface.connect()
        Console(stderr=True).print("Liaison is connected to Slack. Stop with Ctrl-C.", highlight=False)
        try:
            await stopped.wait()
        finally:
            await connection.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


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
