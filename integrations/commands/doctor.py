"""`liaison doctor`: what is configured, what is reachable, and what to do."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from integrations.bootstrap import build
from integrations.doctor import Finding, Verdict, examine
from integrations.settings import Settings, origin

FINDINGS = TypeAdapter(list[Finding])
STYLES = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.PROBLEM: "red"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Say what is configured, what is reachable, and what to do; exit code 1 when something is broken."""
    settings = Settings()
    liaison = build(settings)
    console = Console()
    if not as_json:
        console.print(_settings(settings))
        console.print()
    found: list[Finding] = []
    try:
        for finding in examine(liaison):
            found.append(finding)
            if not as_json:
                _tell(console, finding)
    finally:
        liaison.close()
    if as_json:
        sys.stdout.write(FINDINGS.dump_json(found, indent=2).decode() + "\n")
    if any(finding.verdict is Verdict.PROBLEM for finding in found):
        raise typer.Exit(1)


def _settings(settings: Settings) -> Table:
    """Every setting with its value, secrets hidden, and where it comes from."""
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown = ", ".join(value) if isinstance(value, tuple) else str("" if value is None else value)
        table.add_row(f"LIAISON_{name.upper()}", escape(shown), origin(settings, name))
    return table


def _tell(console: Console, finding: Finding) -> None:
    style = STYLES[finding.verdict]
    mark = f"[{style}]{finding.verdict:7}[/]"
    console.print(f"{mark} {finding.part:9} {escape(finding.detail)}", highlight=False, soft_wrap=True)
    if finding.advice:
        console.print(f"{'':17} [dim]→ {escape(finding.advice)}[/]", highlight=False, soft_wrap=True)
