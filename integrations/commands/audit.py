"""`liaison audit`: the log of everything that was proposed, decided and written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.markup import escape

from assistant.domain.approvals import FIRST, AuditEntry, first_broken
from assistant.errors import StorageError
from integrations.bootstrap import Liaison
from integrations.commands.acting import complain, console, run, table

app = typer.Typer(no_args_is_help=True, help="The log of what was proposed, decided and written.")
ENTRY = TypeAdapter(AuditEntry)
PAGE = 1_000
Head = Annotated[str, typer.Option(help="A hash noted earlier, kept elsewhere: it must still be in the log.")]


@app.command()
def verify(*, head: Head = "") -> None:
    """Check that no line was changed, moved or taken out. Exit code 1 names the first that is wrong.

    A log cut off at its end looks whole by itself; keep the hash this prints somewhere else, and pass it next time.
    """
    entries = run(_all)
    broken = first_broken(entries)
    if broken is not None:
        complain(StorageError(f"Line {broken.seq} of the audit log is not what was written.", hint="Restore a backup."))
        raise typer.Exit(1)
    if head and head != FIRST and head not in {entry.hash for entry in entries}:
        complain(StorageError("The audit log ends before the hash you gave.", hint="Restore a backup."))
        raise typer.Exit(1)
    last = entries[-1].hash if entries else FIRST
    console.print(f"{len(entries)} lines, unbroken.", highlight=False)
    console.print(f"Head {last}", highlight=False, soft_wrap=True)


@app.command("show")
def lines(*, subject: Annotated[str, typer.Option(help="Only lines about this approval.")] = "") -> None:
    """Print the log."""
    chosen = [entry for entry in run(_all) if not subject or entry.subject == subject]
    rows = [(entry.seq, f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.actor, entry.event, entry.subject) for entry in chosen]
    table("Audit log", ("line", "at", "by", "event", "approval"), rows)


@app.command()
def export(file: Annotated[Path, typer.Argument(help="File to write: one JSON object a line.")]) -> None:
    """Write the log with every detail to a file."""
    entries = run(_all)
    file.write_bytes(b"".join(ENTRY.dump_json(entry) + b"\n" for entry in entries))
    console.print(escape(f"{len(entries)} lines in {file}"), highlight=False)


async def _all(liaison: Liaison) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    while page := await liaison.approvals.log(after=len(found), limit=PAGE):
        found += page
    return found
