"""The `liaison` command."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoints, entry_points
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableSetting
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup
from typer.main import get_command

from assistant.errors import LiaisonError, UsageError
from integrations.settings import Settings, explained

# Name to where it is. A command is imported when it is called: the whole product takes seconds to import.
COMMANDS = {
    "ask": "integrations.commands.ask:ask",
    "chat": "integrations.commands.chat:chat",
    "demo": "integrations.commands.demo:demo",
    "ingest": "integrations.commands.ingest:ingest",
    "sources": "integrations.commands.sources:sources",
    "languages": "integrations.commands.languages:app",
    "quarantine": "integrations.commands.quarantine:quarantine",
    "remove": "integrations.commands.remove:remove",
    "doctor": "integrations.commands.doctor:doctor",
    "serve": "integrations.commands.serve:serve",
    "slack": "integrations.commands.slack:app",
    "gaps": "integrations.commands.gaps:gaps",
    "feedback": "integrations.commands.feedback:feedback",
    "replay": "integrations.commands.replay:replay_answer",
    "usage": "integrations.commands.usage:usage",
    "keys": "integrations.commands.keys:app",
    "deals": "integrations.commands.deals:app",
    "partners": "integrations.commands.partners:app",
    "invitations": "integrations.commands.invitations:app",
    "cosell": "integrations.commands.cosell:app",
    "funds": "integrations.commands.funds:app",
    "campaign": "integrations.commands.campaign:app",
    "approvals": "integrations.commands.approvals:app",
    "escalations": "integrations.commands.escalations:app",
    "audit": "integrations.commands.audit:app",
    "prm": "integrations.commands.prm:app",
}


PLUGINS = "liaison.commands"  # entry points of packages that bring commands of their own


class Commands(TyperGroup):
    """The commands of the table and of installed packages, each imported at its first use."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's signature, a private type
        """The names in the order of the table, then those of other packages."""
        return [*COMMANDS, *sorted(plugins().names - COMMANDS.keys())]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - as above
        """The command of a name, None when there is none."""
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name].partition(":")
            found = getattr(importlib.import_module(module), name)
        elif cmd_name in plugins().names:
            found = _handed_over(plugins()[cmd_name].load(), name=cmd_name)
        else:
            return None
        if not isinstance(found, typer.Typer):
            single = typer.Typer(add_completion=False)
            single.command(cmd_name)(found)
            found = single
        command = get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Cited answers, deal registration and co-sell for channel partners.",
)


def plugins() -> EntryPoints:
    """The commands that installed packages bring: functions from words and the name to call them by to an exit code."""
    return entry_points(group=PLUGINS)


def _handed_over(run: Callable[..., int], *, name: str) -> typer.Typer:
    """A command that hands every word over to a function with a command line of its own."""
    single = typer.Typer(add_completion=False)
    everything = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

    @single.command(name, context_settings=everything, help=run.__doc__)
    def command(words: Annotated[list[str] | None, typer.Argument()] = None) -> None:
        raise typer.Exit(run(words or ["--help"], prog=f"liaison {name}"))

    return single


@app.callback()
def root() -> None:
    """Partner enablement assistant."""


def main() -> None:
    """Run the command line; an error that a person can act on is told in two lines, not in a traceback."""
    try:
        app()
    except LiaisonError as error:
        _complain(error)
    except UnreadableSetting as error:
        _complain(explained(error))
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        _complain(explained(error))


def _complain(error: LiaisonError) -> NoReturn:
    console = Console(stderr=True)
    console.print(f"[red]error[/] {escape(error.message)}", highlight=False)
    console.print(f"[dim]{escape(error.hint)}[/]", highlight=False)
    sys.exit(2 if isinstance(error, UsageError) else 1)
