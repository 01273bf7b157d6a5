"""`liaison eval`: the evaluation's own command line under the name of the product."""

from __future__ import annotations

from typing import Annotated

import typer

from evals.__main__ import main

app = typer.Typer(add_completion=False)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    help="Measure the assistant: run, rescore, compare, gate, export, import, bench (each has --help).",
)
def evaluate(words: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Hand every word over; ends with the verdict's exit code."""
    raise typer.Exit(main(words or ["--help"], prog="liaison eval"))
