"""`liaison gaps`: what was asked and not answered well."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.domain.gap import Gap, GapStatus, NearContent, Tally
from integrations.bootstrap import build
from integrations.commands.acting import AsJson, Who
from integrations.settings import Settings
from integrations.surfaces.terminal import CONTROL

GAPS = TypeAdapter(list[Gap])
STYLES = {GapStatus.OPEN: "yellow", GapStatus.REOPENED: "red", GapStatus.CLOSED: "green"}


def gaps(
    *,
    who: Who = "",
    status: Annotated[GapStatus | None, typer.Option(help="Only gaps in this state.")] = None,
    lang: Annotated[str, typer.Option(help="Only questions in this language, such as de.")] = "",
    as_json: AsJson = False,
) -> None:
    """List questions that the content does not answer, those asked most often first.

    Each is asked again when the content has changed, so that new content closes it. A channel manager sees those of
    all partners, a partner its own.
    """
    liaison = build(Settings())
    try:
        requester = liaison.directory.requester(who)
        found = asyncio.run(liaison.gaps.report(requester=requester, status=status, language=lang))
    finally:
        liaison.close()
    if as_json:
        Console().print_json(GAPS.dump_json(found).decode())
    else:
        print_gaps(Console(), found)


def print_gaps(console: Console, found: list[Gap]) -> None:
    """The gaps as a table; what people wrote is never read as markup."""
    if not found:
        console.print("No gaps: everything that was asked was answered.")
        return
    table = Table("asked", "question", "why", "by", "nearest content", "last asked", "status")
    for gap in found:
        table.add_row(
            str(gap.count),
            Text(CONTROL.sub("", gap.question)),
            _tallies(gap.signals),
            _partners(gap),
            Text(CONTROL.sub("", _titles(gap.answered_in or gap.nearest))),
            gap.last_asked.date().isoformat(),
            Text(gap.status.value, style=STYLES[gap.status]),
        )
    console.print(table)


def _partners(gap: Gap) -> str:
    who = [f"{gap.partners} partner{'' if gap.partners == 1 else 's'}"] if gap.partners else []
    return ", ".join([*who, *(tally.name for tally in (*gap.tiers, *gap.regions)), gap.language])


def _tallies(tallies: tuple[Tally, ...]) -> str:
    return ", ".join(tally.name.replace("_", " ") for tally in tallies)


def _titles(content: tuple[NearContent, ...]) -> str:
    return "; ".join(each.title for each in content) or "–"
