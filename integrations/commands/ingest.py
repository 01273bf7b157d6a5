"""`liaison ingest`: bring the content up to date with folders, files, buckets and web sites."""

from __future__ import annotations

import asyncio
import threading
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.metadata import declared_in_options
from ingest.preparation import IngestOptions
from ingest.sources import SourceOptions, open_source
from ingest.summary import IngestSummary
from ingest.watch import ingest_on_change
from integrations.bootstrap import Liaison, build
from integrations.commands.progress import IngestProgress
from integrations.settings import Settings

SHOWN = 20


def ingest(
    sources: Annotated[
        list[str], typer.Argument(help="Folders, files or URLs: s3, gs, az, sftp, zip, https, sitemap.")
    ],
    *,
    keys: Annotated[list[str] | None, typer.Option("--set", help="Metadata for all: --set product=Keep.")] = None,
    tier: Annotated[str, typer.Option("--audience-tier", help="The lowest partner tier that may see it.")] = "",
    language: Annotated[str, typer.Option(help="Language of texts too short to tell.")] = "en",
    allow_host: Annotated[list[str] | None, typer.Option(help="A further host to fetch web pages from.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay and ingest what changes.")] = False,
) -> None:
    """Ingest content. Unchanged documents cost nothing, deleted ones disappear, bad files go to quarantine."""
    settings = Settings()
    pairs = [*(keys or []), *([f"audience.minimum_tier={tier}"] if tier else [])]
    options = IngestOptions(declared=declared_in_options(pairs), language=language, tiers=settings.tiers)
    allowed = SourceOptions(hosts=frozenset(allow_host or []))
    opened = [open_source(address, allowed) for address in sources]
    liaison = build(settings)

    def run() -> IngestSummary:
        with IngestProgress(Console(stderr=True)) as progress:
            return liaison.ingest(options, events=progress).run(opened, dry_run=dry_run)

    try:
        if watch:
            for summary in ingest_on_change(opened, run, stop=threading.Event()):
                show(summary)
                ask_gaps_again(liaison, summary)
            return
        summary = run()
        show(summary)
        ask_gaps_again(liaison, summary)
    finally:
        liaison.close()
    if summary.nothing_worked:
        raise typer.Exit(1)


def ask_gaps_again(liaison: Liaison, summary: IngestSummary) -> None:
    """After content changed, ask again what it did not answer, and say what that closed or reopened."""
    changed = summary.added or summary.changed or summary.deleted
    if summary.dry_run or not changed or not liaison.has_conversations:
        return
    found = asyncio.run(liaison.gaps.recheck())
    for count, what in ((len(found.closed), "closed"), (len(found.reopened), "opened again")):
        if count:
            Console().print(f"{count} gap{'' if count == 1 else 's'} {what}: liaison gaps", highlight=False)


def show(summary: IngestSummary) -> None:
    """Print what an ingest did."""
    console = Console()
    title = "Would be ingested" if summary.dry_run else "Ingested"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, collapse_padding=True)
    counts = {
        "added": summary.added,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "deleted": summary.deleted,
        "quarantined": len(summary.quarantined),
        "out of reach": len(summary.unavailable),
        "other files": summary.skipped,
    }
    for name in counts:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row(*(str(count) for count in counts.values()))
    console.print(table)
    rate = f", {summary.tokens / summary.seconds:,.0f} tokens/s" if summary.embedded and summary.seconds else ""
    console.print(f"{summary.passages} passages in {summary.seconds:.1f} s{rate}", highlight=False)
    for label, entries in (("quarantined", summary.quarantined), ("out of reach", summary.unavailable)):
        for entry in entries[:SHOWN]:
            console.print(f"[yellow]{label}[/] {escape(entry.path)} ({entry.reason}): {escape(entry.detail)}")
        if len(entries) > SHOWN:
            console.print(f"… and {len(entries) - SHOWN} more: liaison quarantine")
    for note in summary.notes[:SHOWN]:
        console.print(f"note: {escape(note)}", highlight=False)
    if summary.foreign_keys:
        console.print(f"passed over, keys of other platforms: {escape(', '.join(sorted(summary.foreign_keys)))}")
