"""`liaison sources`: what is indexed."""

from __future__ import annotations

import asyncio

from rich.console import Console
from rich.table import Table

from integrations.bootstrap import build
from integrations.settings import Settings


def sources() -> None:
    """List the sources of the content with their documents, passages and quarantined files."""
    liaison = build(Settings())
    try:
        found = asyncio.run(liaison.content.sources())
    finally:
        liaison.close()
    console = Console()
    if not found:
        console.print("Nothing is ingested yet: liaison ingest FOLDER")
        return
    table = Table("source", "documents", "passages", "quarantined")
    for entry in found:
        table.add_row(entry.source, str(entry.documents), str(entry.passages), str(entry.quarantined))
    console.print(table)
