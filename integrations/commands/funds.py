"""`liaison funds`: what is left, asking for funds as a partner, and deciding requests as a channel manager."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.deals.draft import read_record
from assistant.domain.funds import FundDraft, FundRequest, FundState
from assistant.ports.prm import Window
from integrations.bootstrap import Liaison
from integrations.commands.acting import (
    MANAGER,
    AsJson,
    Cursor,
    Key,
    Limit,
    Version,
    Who,
    acting,
    read_file,
    run,
    show,
    sought,
    table,
    writing,
)

app = typer.Typer(no_args_is_help=True, help="Market development funds: balance, requests, decisions.")


class Verdict(StrEnum):
    """What a channel manager decides."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK = "ask"
    PAY = "pay"
    CANCEL = "cancel"


STATES = {
    Verdict.APPROVE: FundState.APPROVED,
    Verdict.REJECT: FundState.REJECTED,
    Verdict.ASK: FundState.ACTION_REQUIRED,
    Verdict.PAY: FundState.PAID,
    Verdict.CANCEL: FundState.CANCELED,
}


@app.command()
def balance(partner_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """What is left of each allocation of a partner."""
    balances = run(lambda liaison: liaison.prm.prm.fund_balance(partner_id, requester=acting(who)))
    if not show(balances, as_json=as_json):
        rows = [(b.allocation.id, b.allocation.amount, b.committed, b.available, b.allocation.ends) for b in balances]
        table("Funds", ("allocation", "granted", "committed", "available", "until"), rows)


@app.command("list")
def list_requests(who: Who = MANAGER, limit: Limit = 20, cursor: Cursor = "", as_json: AsJson = False) -> None:
    """Fund requests you may see, newest first."""
    window = Window(limit=limit, cursor=cursor)
    page = run(lambda liaison: liaison.prm.prm.fund_requests(requester=acting(who), window=window))
    if not show(page, as_json=as_json):
        rows = [
            (item.id, item.partner_id, item.state, item.draft.amount, item.draft.activity, item.draft.allocation_id)
            for item in page.items
        ]
        columns = ("request", "partner", "state", "amount", "activity", "allocation")
        table("Fund requests", columns, rows, cursor=page.cursor)


@app.command()
def request(draft: Path, who: Who, key: Key = "", as_json: AsJson = False) -> None:
    """Ask for funds as a JSON or YAML file says: allocation_id, amount, activity, outcome, starts, ends, deal_id."""
    wanted = read_file(draft, lambda text: read_record(text, FundDraft))
    made = run(lambda liaison: liaison.prm.prm.request_funds(wanted, write=writing(who, key=key)))
    if not show(made, as_json=as_json):
        _print(made)


@app.command()
def decide(
    request_id: str,
    verdict: Verdict,
    comment: Annotated[str, typer.Argument(help="What the partner reads.")] = "",
    *,
    who: Who = MANAGER,
    key: Key = "",
    version: Version = "",
    as_json: AsJson = False,
) -> None:
    """Approve, reject, ask about, pay or cancel a fund request."""

    async def work(liaison: Liaison) -> FundRequest:
        requester, prm = acting(who), liaison.prm.prm
        found = await sought(lambda window: prm.fund_requests(requester=requester, window=window), request_id)
        write = writing(who, key=key, version=version or found.version)
        return await liaison.prm.desk.decide_funds(request_id, STATES[verdict], write=write, comment=comment)

    decided = run(work)
    if not show(decided, as_json=as_json):
        _print(decided)


def _print(item: FundRequest) -> None:
    rows = [
        ("state", item.state),
        ("partner", item.partner_id),
        ("allocation", item.draft.allocation_id),
        ("amount", item.draft.amount),
        ("activity", item.draft.activity),
        ("outcome", item.draft.outcome),
        ("from", item.draft.starts),
        ("to", item.draft.ends),
        ("deal", item.draft.deal_id),
        ("comment", item.comment),
        ("version", item.version),
    ]
    table(item.id, ("", ""), [row for row in rows if row[1]])
