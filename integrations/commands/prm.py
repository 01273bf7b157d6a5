"""`liaison prm`: fill, move, and keep the embedded PRM going."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.deals.rules import RuleBooks
from assistant.ports.prm_archive import Archive
from integrations.bootstrap import Liaison
from integrations.commands.acting import console, run, table

TENANT = "default"
app = typer.Typer(no_args_is_help=True, help="The embedded PRM: seed, import, export, rules, clocks.")


@app.command()
def seed(
    folder: Annotated[
        Path, typer.Argument(help="Folder of programme.yaml, partners.yaml, market.yaml, rules.yaml.")
    ] = Path("samples/prm"),
) -> None:
    """Fill an empty PRM with the sample programme and its rules of engagement."""

    async def work(liaison: Liaison) -> int:
        return liaison.prm.seed(folder, data=liaison.settings.data, tenant=TENANT)

    count = run(work)
    console.print(f"{count} records added." if count else "The PRM is not empty; nothing was added.")


@app.command("import")
def import_lines(path: Path) -> None:
    """Add the records of a JSON lines file; all of them or none."""

    async def work(liaison: Liaison) -> int:
        return liaison.prm.load_lines(path, tenant=TENANT)

    console.print(f"{run(work)} records added.")


@app.command("export")
def export(
    path: Annotated[Path | None, typer.Argument(help="Empty writes to the terminal.")] = None,
    deals: Annotated[bool, typer.Option("--csv", help="Only deals, as CSV.")] = False,
) -> None:
    """Write every record as JSON lines, or all deals as CSV."""

    async def work(liaison: Liaison) -> int:
        if path is None:
            return liaison.prm.write(sys.stdout, deals_only=deals, tenant=TENANT)
        with path.open("w", encoding="utf-8", newline="") as out:
            return liaison.prm.write(out, deals_only=deals, tenant=TENANT)

    count = run(work)
    if path is not None:
        console.print(f"{count} records written to {path}.")


@app.command()
def rules() -> None:
    """The rules of engagement in force."""

    async def work(liaison: Liaison) -> RuleBooks:
        return liaison.prm.books

    for book in run(work).books:
        rows = [(rule.id, rule.verdict, (type(rule).__doc__ or "").strip()) for rule in book.rules]
        table(f"{book.name}, from {book.effective_from}", ("rule", "else", "holds when"), rows)


@app.command()
def tick() -> None:
    """Let everything lapse whose time has run out."""
    console.print(f"{run(lambda liaison: liaison.prm.desk.tick())} records lapsed.")


@app.command()
def webhook(url: str, partner: Annotated[str, typer.Option(help="Only what this partner may know.")] = "") -> None:
    """Send what happens from now on to a URL; prints the secret its signatures are made with."""

    async def work(liaison: Liaison) -> str:
        return liaison.prm.courier.add(url, tenant=TENANT, partner_id=partner).secret

    console.print(run(work), highlight=False)


@app.command()
def deliver() -> None:
    """Send what is due to every webhook."""
    console.print(f"{run(lambda liaison: liaison.prm.courier.deliver())} events delivered.")


@app.command()
def check() -> None:
    """Read every record and say how many there are of each kind."""

    async def work(liaison: Liaison) -> Archive:
        return liaison.prm.dump(tenant=TENANT)

    archive = run(work)
    table("Records", ("kind", "count"), [(name, len(getattr(archive, name))) for name in Archive.__dataclass_fields__])
