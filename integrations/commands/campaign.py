"""`liaison campaign`: localized, co-branded copy: check any text pair."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assistant.campaigns.checks import CHECKS, findings
from assistant.campaigns.counters import measure
from assistant.campaigns.finding import Severity
from assistant.campaigns.library import Library
from assistant.campaigns.segment import Segment
from assistant.errors import UsageError

app = typer.Typer(
    no_args_is_help=True, help="Localized campaign copy: on brand, within limits, lawful, never invented."
)
console = Console()
Data = Annotated[Path | None, typer.Option("--data", help="Your folder of campaign data, laid over ours.")]


@app.callback()
def campaigns() -> None:
    """Localized campaign copy."""


@app.command()
def check(
    *,
    source: Annotated[Path, typer.Option(help="File with the source text.")],
    target: Annotated[Path, typer.Option(help="File with its translation.")],
    locale: Annotated[str, typer.Option(help="Locale of the translation, such as de-DE.")],
    channel: Annotated[str, typer.Option(help="Field it will stand in, such as google_rsa.headline.")] = "",
    source_locale: Annotated[str, typer.Option(help="Locale of the source.")] = "en-US",
    country: Annotated[str, typer.Option(help="Recipients' country, for its banned words.")] = "",
    name: Annotated[list[str] | None, typer.Option(help="A name that is never translated; repeat it.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Run this check alone; repeat it.")] = None,
    data: Data = None,
) -> None:
    """Check a translation: 25 checks, each by its name. Ends with 1 when there is an error."""
    unknown = set(only or ()) - CHECKS.keys()
    if unknown:
        raise UsageError(f"There is no check {', '.join(sorted(unknown))}.", hint=f"Known: {', '.join(CHECKS)}.")
    library = Library(data)
    pack = library.locale(locale)
    segment = Segment(
        source=_text(source),
        target=_text(target),
        source_locale=library.locale(source_locale),
        locale=pack,
        place=library.place(channel) if channel else None,
        names=tuple(name or ()),
        world_names=library.world_names,
        banned=library.banned.get(country or pack.country),
    )
    found = findings(segment, {key: CHECKS[key] for key in CHECKS if not only or key in only})
    for each in found:
        color = "red" if each.severity is Severity.ERROR else "yellow"
        console.print(f"[{color}]{each.severity}[/] {each.check}: {escape(each.message)}", highlight=False)
    if segment.place is not None:
        limit = segment.place.limit
        console.print(f"[dim]{channel}: {measure(segment.target, limit.unit)} of {limit.hard} ({limit.unit})[/]")
    if not found:
        console.print("[green]nothing to complain about[/]")
    if any(each.severity is Severity.ERROR for each in found):
        raise typer.Exit(1)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", hint="Name a text file in UTF-8.") from error
