"""`liaison escalations`: matters that wait for a channel manager."""

from __future__ import annotations

import typer

from assistant.domain.escalation import Escalation
from integrations.bootstrap import Liaison
from integrations.commands.acting import MANAGER, AsJson, Who, acting, console, run, show, table

app = typer.Typer(no_args_is_help=True, help="Matters that partners handed to a channel manager.")


@app.command("list")
def list_open(*, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """What waits: channel managers see everything of their tenant, partners their own."""

    async def work(liaison: Liaison) -> tuple[Escalation, ...]:
        return await liaison.conversations.escalations.open(requester=acting(who))

    found = run(work)
    if not show(found, as_json=as_json):
        rows = [(each.id, f"{each.at:%Y-%m-%d %H:%M}", each.requester, each.topic, each.words) for each in found]
        table("Waiting for a channel manager", ("id", "since", "asked by", "about", "in their words"), rows)


@app.command()
def close(escalation_id: str, *, who: Who = MANAGER) -> None:
    """Mark a matter as taken care of."""

    async def work(liaison: Liaison) -> Escalation:
        return await liaison.conversations.escalations.close(escalation_id, requester=acting(who))

    closed = run(work)
    console.print(f"{closed.id} was closed by {closed.closed_by}.", highlight=False)
