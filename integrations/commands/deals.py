"""`liaison deals`: check, register and change deals as a partner, many at once from a file; decide them at the desk."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from assistant.deals.draft import read_change, read_draft
from assistant.deals.sheet import read_draft_lines, read_drafts, write_deals
from assistant.domain.deals import DealDraft, DealRegistration, DealState
from assistant.errors import PrmError
from assistant.ports.prm import LARGEST_PAGE, DealQuery, Window, Write
from integrations.bootstrap import Liaison
from integrations.commands import deals_desk
from integrations.commands.acting import (
    MANAGER,
    AsJson,
    Cursor,
    Key,
    Limit,
    Version,
    Who,
    acting,
    console,
    read_file,
    run,
    show,
    table,
    writing,
)
from integrations.commands.deals_print import check_result, deal_list, one_deal

app = typer.Typer(no_args_is_help=True, help="Deal registrations: check, register, change, import, decide.")
deals_desk.add_to(app)
State = Annotated[DealState | None, typer.Option(help="Only deals in this state.")]


@app.command("list")
def list_deals(
    *,
    who: Who = MANAGER,
    state: State = None,
    text: str = "",
    partner: str = "",
    limit: Limit = 20,
    cursor: Cursor = "",
    as_json: AsJson = False,
) -> None:
    """Deals you may see, the one changed last first."""
    query, window = DealQuery(state=state, text=text, partner_id=partner), Window(limit=limit, cursor=cursor)
    page = run(lambda liaison: liaison.prm.prm.find_deals(query, requester=acting(who), window=window))
    if not show(page, as_json=as_json):
        deal_list("Deals", page)


@app.command("show")
def show_deal(deal_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """One deal."""
    deal = run(lambda liaison: liaison.prm.prm.get_deal(deal_id, requester=acting(who)))
    if not show(deal, as_json=as_json):
        one_deal(deal)


@app.command()
def check(draft: Path, who: Who, as_json: AsJson = False) -> None:
    """What would happen to the deal in a JSON or YAML file; writes nothing."""
    wanted = read_file(draft, read_draft)
    result = run(lambda liaison: liaison.prm.prm.check_deal(wanted, requester=acting(who)))
    if not show(result, as_json=as_json):
        check_result(result)
    raise typer.Exit(0 if result.ready else 1)


@app.command()
def register(draft: Path, who: Who, key: Key = "", as_json: AsJson = False) -> None:
    """Register the deal in a JSON or YAML file."""
    wanted = read_file(draft, read_draft)
    deal = run(lambda it: it.prm.prm.register_deal(wanted, write=_once(wanted, who, key)))
    if not show(deal, as_json=as_json):
        one_deal(deal)


@app.command()
def update(
    deal_id: str, changes: Path, *, who: Who, key: Key = "", version: Version = "", as_json: AsJson = False
) -> None:
    """Change the fields in a JSON or YAML file; all others stay."""
    edit = read_file(changes, read_change)
    deals_desk.write(
        deal_id,
        lambda it, write: it.prm.prm.update_deal(deal_id, edit, write=write),
        who=who,
        key=key,
        version=version,
        as_json=as_json,
    )


def _worded(name: str, help_text: str, act: Callable[[Liaison, str, str, Write], Awaitable[DealRegistration]]) -> None:
    """A command of the owner that takes a deal and a reason."""

    @app.command(name, help=help_text)
    def command(
        deal_id: str, reason: str, *, who: Who, key: Key = "", version: Version = "", as_json: AsJson = False
    ) -> None:
        deals_desk.write(
            deal_id,
            lambda it, write: act(it, deal_id, reason, write),
            who=who,
            key=key,
            version=version,
            as_json=as_json,
        )


_worded("withdraw", "Take a deal back.", lambda it, deal, why, write: it.prm.prm.withdraw_deal(deal, why, write=write))
_worded(
    "extend",
    "Lengthen the protection; say what was done with the customer.",
    lambda it, deal, why, write: it.prm.prm.extend_deal(deal, why, write=write),
)
_worded(
    "appeal",
    "Ask for a second look at a rejected or expired deal, once.",
    lambda it, deal, why, write: it.prm.prm.appeal_deal(deal, why, write=write),
)


@app.command("import")
def import_drafts(
    path: Annotated[Path, typer.Argument(help="CSV (ending in .csv) or JSON lines, one draft on each line.")],
    who: Who,
    check_only: Annotated[bool, typer.Option("--check", help="Only say what would happen; write nothing.")] = False,
) -> None:
    """Register every draft of a file. Run it again after correcting the file: what is registered stays as it is."""
    drafts = read_file(path, _reader(path))

    async def work(liaison: Liaison) -> list[tuple[str, str, str]]:
        return [await _registered(liaison, draft, who, check_only=check_only) for draft in drafts]

    rows = run(work)
    table("Drafts", ("reference", "outcome", "deal or reason"), rows)
    raise typer.Exit(1 if any(outcome == "refused" for _, outcome, _ in rows) else 0)


@app.command()
def export(
    path: Annotated[Path | None, typer.Argument(help="CSV file; empty writes to the terminal.")] = None,
    who: Who = MANAGER,
    state: State = None,
    text: str = "",
) -> None:
    """Write the deals you may see as CSV, in the columns that import reads."""

    async def work(liaison: Liaison) -> list[DealRegistration]:
        query, window = DealQuery(state=state, text=text), Window(limit=LARGEST_PAGE)
        found: list[DealRegistration] = []
        while True:
            page = await liaison.prm.prm.find_deals(query, requester=acting(who), window=window)
            found += page.items
            if not page.cursor:
                return found
            window = Window(limit=LARGEST_PAGE, cursor=page.cursor)

    deals = run(work)
    if path is None:
        write_deals(deals, sys.stdout)
        return
    with path.open("w", encoding="utf-8", newline="") as out:
        console.print(f"{write_deals(deals, out)} deals written to {path}.")


def _reader(path: Path) -> Callable[[str], list[DealDraft]]:
    read: Callable[[Iterable[str]], Iterable[DealDraft]] = (
        read_drafts if path.suffix.lower() == ".csv" else read_draft_lines
    )
    return lambda text: list(read(text.splitlines(keepends=True)))


async def _registered(liaison: Liaison, draft: DealDraft, who: str, *, check_only: bool) -> tuple[str, str, str]:
    prm = liaison.prm.prm
    try:
        if check_only:
            result = await prm.check_deal(draft, requester=acting(who))
            reasons = [f"{problem.field}: {problem.message}" for problem in result.problems]
            reasons += [finding.message for finding in result.decision.reasons]
            return draft.partner_ref, "ready" if result.ready else "refused", "; ".join(reasons)
        deal = await prm.register_deal(draft, write=_once(draft, who, ""))
    except PrmError as error:
        return draft.partner_ref, "refused", error.message
    return draft.partner_ref, deal.state, deal.id


def _once(draft: DealDraft, who: str, key: str) -> Write:
    """A write that registers a reference once, however often the command runs."""
    return writing(who, key=key or f"cli-{draft.partner_ref}")
