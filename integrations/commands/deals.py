"""`liaison deals`: check, register and change deals as a partner; decide them as a channel manager."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from assistant.deals.draft import read_change, read_draft
from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.deals_check import DealCheck
from assistant.errors import LiaisonError, UsageError
from assistant.ports.prm import DealQuery, Window, Write
from integrations.bootstrap import Liaison
from integrations.commands.acting import MANAGER, As, Json, acting, complain, console, run, show, table

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, help="Deal registrations: check, register, change, decide.")
Who = Annotated[str, As]
AsJson = Annotated[bool, Json]
Key = Annotated[str, typer.Option(help="Idempotency key: the same key does the same thing only once.")]
Version = Annotated[str, typer.Option(help="The version you saw; empty means the present one.")]


@app.command("list")
def list_deals(
    who: Who = MANAGER, state: Annotated[DealState | None, typer.Option()] = None, text: str = "", limit: int = 20
) -> None:
    """Deals you may see, the one changed last first."""
    query, window = DealQuery(state=state, text=text), Window(limit=limit)
    page = run(lambda liaison: liaison.prm.prm.find_deals(query, requester=acting(who), window=window))
    _table("Deals", page.items)


@app.command("show")
def show_deal(deal_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """One deal."""
    deal = run(lambda liaison: liaison.prm.prm.get_deal(deal_id, requester=acting(who)))
    if not show(deal, as_json=as_json):
        _print(deal)


@app.command()
def check(draft: Path, who: Who, as_json: AsJson = False) -> None:
    """What would happen to the deal in a JSON or YAML file; writes nothing."""
    wanted = _read(draft, read_draft)
    result = run(lambda liaison: liaison.prm.prm.check_deal(wanted, requester=acting(who)))
    if not show(result, as_json=as_json):
        _print_check(result)
    raise typer.Exit(0 if result.ready else 1)


@app.command()
def register(draft: Path, who: Who, key: Key = "", as_json: AsJson = False) -> None:
    """Register the deal in a JSON or YAML file."""
    wanted = _read(draft, read_draft)
    write = Write(requester=acting(who), key=key or f"cli-{wanted.partner_ref}")
    deal = run(lambda liaison: liaison.prm.prm.register_deal(wanted, write=write))
    if not show(deal, as_json=as_json):
        _print(deal)


@app.command()
def update(deal_id: str, changes: Path, who: Who, key: Key = "", version: Version = "") -> None:
    """Change the fields in a JSON or YAML file; all others stay."""
    edit = _read(changes, read_change)
    _write(deal_id, who, key, version, lambda it, write: it.prm.prm.update_deal(deal_id, edit, write=write))


@app.command()
def withdraw(deal_id: str, reason: str, who: Who, key: Key = "", version: Version = "") -> None:
    """Take a deal back."""
    _write(deal_id, who, key, version, lambda it, write: it.prm.prm.withdraw_deal(deal_id, reason, write=write))


@app.command()
def extend(deal_id: str, evidence: str, who: Who, key: Key = "", version: Version = "") -> None:
    """Lengthen the protection; say what was done with the customer."""
    _write(deal_id, who, key, version, lambda it, write: it.prm.prm.extend_deal(deal_id, evidence, write=write))


@app.command()
def appeal(deal_id: str, reason: str, who: Who, key: Key = "", version: Version = "") -> None:
    """Ask for a second look at a rejected or expired deal, once."""
    _write(deal_id, who, key, version, lambda it, write: it.prm.prm.appeal_deal(deal_id, reason, write=write))


@app.command()
def queue(who: Who = MANAGER, limit: int = 20) -> None:
    """Registrations that wait for a decision, the longest waiting first."""
    page = run(lambda liaison: liaison.prm.desk.queue(requester=acting(who), window=Window(limit=limit)))
    _table("Waiting for a decision", page.items)


@app.command()
def approve(deal_id: str, who: Who = MANAGER, exception: str = "", key: Key = "", version: Version = "") -> None:
    """Approve and protect; --exception overrules first-approved-wins and is recorded."""
    _write(
        deal_id,
        who,
        key,
        version,
        lambda it, write: it.prm.desk.approve(deal_id, write=write, exception=exception),
    )


@app.command()
def reject(deal_id: str, reason: str, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Refuse, with the reason the partner reads."""
    _write(deal_id, who, key, version, lambda it, write: it.prm.desk.reject(deal_id, reason, write=write))


@app.command()
def ask(deal_id: str, question: str, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Ask the partner for information."""
    _write(deal_id, who, key, version, lambda it, write: it.prm.desk.ask(deal_id, question, write=write))


@app.command()
def duplicate(deal_id: str, of: str, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Close as a duplicate of another deal, which the partner does not get to know."""
    _write(deal_id, who, key, version, lambda it, write: it.prm.desk.mark_duplicate(deal_id, of, write=write))


@app.command()
def reopen(deal_id: str, reason: str, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Take an approval back into review."""
    _write(deal_id, who, key, version, lambda it, write: it.prm.desk.reopen(deal_id, reason, write=write))


@app.command()
def close(deal_id: str, won: bool = True, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Record that an active deal was won or lost."""
    _write(deal_id, who, key, version, lambda it, write: it.prm.desk.close(deal_id, won=won, write=write))


@app.command()
def conflicts(deal_id: str, who: Who = MANAGER) -> None:
    """Which other registrations seem to mean the same customer, and why."""
    found = run(lambda liaison: liaison.prm.desk.conflicts(deal_id, requester=acting(who)))
    table("Same customer", ("deal", "why"), [(item.deal_id, item.explanation) for item in found])


@app.command()
def decisions(deal_id: str, who: Who = MANAGER, replay: bool = False) -> None:
    """What the rules decided and why; --replay decides again by the facts, the clock and the rules of the day."""
    kept = run(lambda liaison: liaison.prm.desk.decisions(deal_id, requester=acting(who)))
    rows = [
        (item.decided_at.isoformat(timespec="minutes"), item.rules, item.verdict, reason.rule, reason.message)
        for item in kept
        for reason in item.reasons or item.findings[:1]
    ]
    table("Decisions", ("at", "rules", "verdict", "rule", "why"), rows)
    if replay:
        again = run(lambda liaison: liaison.prm.desk.replay(deal_id, requester=acting(who)))
        console.print("The same decisions again." if again == kept else "[red]The replay decides otherwise.[/red]")
        raise typer.Exit(0 if again == kept else 1)


def _write(
    deal_id: str, who: str, key: str, version: str, act: Callable[[Liaison, Write], Awaitable[DealRegistration]]
) -> None:
    async def work(liaison: Liaison) -> DealRegistration:
        requester = acting(who)
        seen = version or (await liaison.prm.prm.get_deal(deal_id, requester=requester)).version
        return await act(liaison, Write(requester=requester, key=key or f"cli-{uuid.uuid4()}", expected_version=seen))

    _print(run(work))


def _read(path: Path, read: Callable[[str], T]) -> T:
    try:
        return read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        complain(UsageError(f"{path} cannot be read: {error}", hint="Give a JSON or YAML file."))
    except LiaisonError as error:
        complain(error)
    raise typer.Exit(1)


def _table(title: str, deals: tuple[DealRegistration, ...]) -> None:
    rows = [
        (deal.id, deal.partner_id, deal.state, deal.draft.customer.name, deal.draft.product, deal.draft.value)
        for deal in deals
    ]
    table(title, ("deal", "partner", "state", "customer", "product", "value"), rows)


def _print(deal: DealRegistration) -> None:
    until = deal.protected_until.date() if deal.protected_until else ""
    rows = [
        ("state", deal.state),
        ("partner", deal.partner_id),
        ("customer", f"{deal.draft.customer.name}, {deal.draft.customer.country}"),
        ("title", deal.draft.title),
        ("product", deal.draft.product),
        ("value", f"{deal.draft.value} {deal.draft.period}"),
        ("target close", deal.draft.target_close),
        ("protected until", until),
        ("comment", deal.comment),
        ("rules", deal.rules),
        ("version", deal.version),
    ]
    table(deal.id, ("", ""), [row for row in rows if row[1]])


def _print_check(result: DealCheck) -> None:
    for problem in result.problems:
        console.print(f"[red]{problem.field}[/red]: {problem.message}")
    for conflict in result.conflicts:
        console.print(f"[yellow]{conflict.explanation}[/yellow]")
    for finding in result.decision.reasons:
        console.print(f"{finding.verdict}: {finding.message} (rule {finding.rule}, {result.decision.rules})")
    console.print("Ready to register." if result.ready else "Not ready to register.")
