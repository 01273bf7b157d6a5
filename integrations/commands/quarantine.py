"""`liaison quarantine`: what could not be ingested, and why."""

from __future__ import annotations

import asyncio

from rich.console import Console
from rich.table import Table

from integrations.bootstrap import build
from integrations.settings import Settings


def quarantine() -> None:
    """List the files in quarantine with the reason and what to do; fixed files leave it with the next ingest."""
    liaison = build(Settings())
    try:
        found = asyncio.run(liaison.content.quarantined())
    finally:
        liaison.close()
    console = Console()
    if not found:
        console.print("Nothing is in quarantine.")
        return
    table = Table("file", "reason", "what to do", "since", show_lines=True)
    for entry in found:
        table.add_row(entry.path, entry.reason, entry.detail, entry.at)
    console.print(table)
