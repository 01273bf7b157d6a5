"""The `liaison` command."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableSetting
from rich.console import Console
from rich.markup import escape

from assistant.errors import LiaisonError, UsageError
from integrations.commands import deals, partners, prm
from integrations.commands.ask import ask
from integrations.commands.demo import demo
from integrations.commands.doctor import doctor
from integrations.commands.ingest import ingest
from integrations.commands.quarantine import quarantine
from integrations.commands.remove import remove
from integrations.commands.sources import sources
from integrations.settings import Settings, explained

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Cited answers, deal registration and co-sell for channel partners.",
)
app.command()(ask)
app.command()(demo)
app.command()(ingest)
app.command()(sources)
app.command()(quarantine)
app.command()(remove)
app.command()(doctor)
app.add_typer(deals.app, name="deals")
app.add_typer(partners.app, name="partners")
app.add_typer(prm.app, name="prm")


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
