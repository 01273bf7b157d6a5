"""`liaison approvals`: what waits for a decision, and deciding it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from assistant.domain.approvals import Approval
from integrations.bootstrap import Liaison
from integrations.commands.acting import AsJson, Who, acting, console, run, show, table

app = typer.Typer(no_args_is_help=True, help="Changes that wait for somebody's decision.")
ApprovalId = Annotated[str, typer.Argument(help="Id of the approval.")]
Digest = Annotated[str, typer.Option(help="The digest you were shown; what has changed since is not approved.")]


@app.command("list")
def pending(*, who: Who, as_json: AsJson = False) -> None:
    """What you may decide."""

    async def work(liaison: Liaison) -> tuple[Approval, ...]:
        return await liaison.approvals.pending(requester=acting(who))

    found = run(work)
    if not show(found, as_json=as_json):
        rows = [(each.id, each.proposal.tool, each.proposal.requester.name, each.proposal.expires_at) for each in found]
        table("Waiting for you", ("id", "change", "asked by", "until"), rows)


@app.command("show")
def detail(approval_id: ApprovalId, *, who: Who, as_json: AsJson = False) -> None:
    """Every argument of a change, where it came from, and what the record says now."""

    async def work(liaison: Liaison) -> Approval:
        return await liaison.approvals.get(approval_id, requester=acting(who))

    found = run(work)
    if not show(found, as_json=as_json):
        _print(found)


@app.command()
def approve(approval_id: ApprovalId, *, digest: Digest, who: Who) -> None:
    """Approve exactly what was shown, and write it."""

    async def work(liaison: Liaison) -> Approval:
        return await liaison.approval_desk.approve(approval_id, digest, requester=acting(who))

    _say(run(work))


@app.command()
def reject(
    approval_id: ApprovalId,
    *,
    digest: Digest,
    who: Who,
    reason: Annotated[str, typer.Option(help="Why; the requester reads it.")],
) -> None:
    """Refuse a change; nothing is written."""

    async def work(liaison: Liaison) -> Approval:
        return await liaison.approval_desk.reject(approval_id, digest, reason=reason, requester=acting(who))

    _say(run(work))


@app.command()
def reconcile() -> None:
    """Find out what became of everything that was approved and has no known outcome."""

    async def work(liaison: Liaison) -> tuple[Approval, ...]:
        return await liaison.approval_desk.reconcile()

    found = run(work)
    for each in found:
        _say(each)
    if not found:
        console.print("Nothing is unfinished.")


def _print(approval: Approval) -> None:
    proposal = approval.proposal
    rows = [(a.name, a.before, a.value, a.source.value, a.quote) for a in proposal.arguments]
    table(f"{proposal.tool} {proposal.target}".strip(), ("field", "now", "new", "from", "words"), rows)
    console.print(f"State {approval.state.value}, asked by {escape(proposal.requester.name)}", highlight=False)
    console.print(f"Until {proposal.expires_at:%Y-%m-%d %H:%M} UTC", highlight=False)
    console.print(f"Digest {approval.digest}", highlight=False, soft_wrap=True)


def _say(approval: Approval) -> None:
    console.print(escape(f"{approval.id}: {approval.state.value} {approval.outcome}".rstrip()), highlight=False)
