"""`liaison prm`: fill, move and serve the PRM, let people and programs in, and keep it going."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assistant.deals.rules import RuleBooks
from assistant.domain.people import Role
from assistant.errors import LiaisonError, UsageError
from assistant.ports.prm_archive import Archive
from integrations.bootstrap import Liaison
from integrations.commands.acting import MANAGER, AsJson, Limit, Who, acting, complain, console, run, show, table
from integrations.settings import Settings
from integrations.surfaces.http.keys import KeyRing, NewKey
from integrations.surfaces.http.scopes import ALL_SCOPES, AccessScope

TENANT = "default"
PRM_SCOPES = {
    Role.PARTNER: (AccessScope.READ_PRM, AccessScope.WRITE_PRM),
    Role.CHANNEL_MANAGER: (AccessScope.READ_PRM, AccessScope.DECIDE_PRM),
    Role.ADMINISTRATOR: (AccessScope.READ_PRM, AccessScope.WRITE_PRM, AccessScope.DECIDE_PRM),
}
app = typer.Typer(no_args_is_help=True, help="The PRM: seed, import, export, serve, tokens, rules, clocks.")


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


@app.command("aws-key")
def aws_key(partner: str) -> None:
    """Make an access key for a partner on the PRM's AWS wire; its secret is shown once."""

    async def work(liaison: Liaison) -> tuple[str, str]:
        return liaison.prm.aws_key(partner, tenant=TENANT)

    access_key, secret = run(work)
    console.print(f"aws_access_key_id = {access_key}\naws_secret_access_key = {secret}", highlight=False)


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
def events(
    queue: Annotated[str, typer.Argument(help="Address of the queue: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.")],
    who: Who,
    follow: Annotated[bool, typer.Option("--follow", help="Wait for more until you stop it with Ctrl-C.")] = False,
) -> None:
    """Receive the events of AWS Partner Central from a queue of SQS; `changes` then tells them."""

    def tell(count: int) -> None:
        console.print(f"{count} new events.", highlight=False)

    async def work(liaison: Liaison) -> int:
        return await liaison.prm.receive_events(
            liaison.settings, url=queue, requester=acting(who), follow=follow, tell=tell
        )

    if not run(work):
        console.print("No new events.")


@app.command()
def check() -> None:
    """Read every record and say how many there are of each kind."""

    async def work(liaison: Liaison) -> Archive:
        return liaison.prm.dump(tenant=TENANT)

    archive = run(work)
    table("Records", ("kind", "count"), [(name, len(getattr(archive, name))) for name in Archive.__dataclass_fields__])


@app.command()
def changes(
    who: Who = MANAGER,
    since: Annotated[int, typer.Option(help="The last number you know.")] = 0,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """What happened after a number, oldest first."""
    found = run(lambda liaison: liaison.prm.prm.changes(since=since, requester=acting(who), limit=limit))
    if not show(found, as_json=as_json):
        rows = [(item.seq, item.at.isoformat(timespec="seconds"), item.kind, item.record_id) for item in found]
        table("Changes", ("number", "at", "what", "record"), rows)


@app.command()
def token(
    who: Who,
    days: Annotated[int, typer.Option(min=1, help="Days until it expires.")] = 90,
    act_for: Annotated[
        bool, typer.Option("--act-for", help="Let it speak for others: for another Liaison or a portal.")
    ] = False,
    rate: Annotated[int, typer.Option(min=0, help="Calls a minute; 0 means the installation's limit.")] = 0,
) -> None:
    """Make a token for the PRM server, of a partner, channel manager or administrator, and show it this once."""
    requester = acting(who)
    if act_for and requester.role is not Role.ADMINISTRATOR:
        complain(UsageError("Only an administrator's token may speak for others.", hint="Use --as administrator:ID."))
        raise typer.Exit(2)

    async def work(liaison: Liaison) -> NewKey:
        if requester.partner_id:
            await liaison.prm.prm.get_partner(requester.partner_id, requester=requester)
        ring = KeyRing(store=liaison.api_keys, clock=liaison.clock, known_scopes=ALL_SCOPES)
        scopes = [*PRM_SCOPES[requester.role or Role.PARTNER], *([AccessScope.ACT_FOR] if act_for else [])]
        return await ring.create(
            name=f"PRM, {who}",
            principal=who,
            scopes=[str(scope) for scope in scopes],
            lifetime=timedelta(days=days),
            rate_per_minute=rate,
        )

    made = run(work)
    beside = Console(stderr=True)
    until = made.key.expires.date() if made.key.expires else "the end of time"
    beside.print(f"Key {made.key.id} for {who} until {until}. Keep it now; it cannot be shown again:", highlight=False)
    typer.echo(made.token)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8010,
) -> None:
    """Serve the PRM over HTTP, with AWS Partner Central Selling at /aws, and keep its clocks and webhooks going."""
    from integrations.surfaces.prm_http.server import serve_prm  # noqa: PLC0415 - other commands need no web server

    try:
        serve_prm(Settings(), host=host, port=port)
    except LiaisonError as error:
        complain(error)
        raise typer.Exit(1) from error
