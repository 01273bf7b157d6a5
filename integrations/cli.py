"""The `liaison` command."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Cited answers, deal registration and co-sell for channel partners.")


@app.callback()
def root() -> None:
    """Partner enablement assistant."""


def main() -> None:
    """Run the command line."""
    app()
