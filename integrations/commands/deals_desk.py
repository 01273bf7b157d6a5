"""The channel manager's side of `liaison deals`: the queue, the decisions, and why they were made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from assistant.domain.deals import DealRegistration
from assistant.ports.prm import Window, Write
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
    console,
    run,
    show,
    table,
    writing,
)
from integrations.commands.deals_print import deal_list, one_deal

Act = Callable[[Liaison, Write], Awaitable[DealRegistration]]


def add_to(app: typer.Typer) -> None:
    """Make the desk's commands part of `liaison deals`."""
    for command in (queue, approve, reject, ask, duplicate, reopen, close, conflicts, decisions):
        app.command()(command)


def write(deal_id: str, act: Act, *, who: str, key: str, version: str, as_json: bool = False) -> None:
    """Do something to a deal at the version given, else at its present one, and show what became of it."""

    async def work(liaison: Liaison) -> DealRegistration:
        seen = version or (await liaison.prm.prm.get_deal(deal_id, requester=acting(who))).version
        return await act(liaison, writing(who, key=key, version=seen))

    deal = run(work)
    if not show(deal, as_json=as_json):
        one_deal(deal)


def queue(who: Who = MANAGER, limit: Limit = 20, cursor: Cursor = "", as_json: AsJson = False) -> None:
    """Registrations that wait for a decision, the longest waiting first."""
    window = Window(limit=limit, cursor=cursor)
    page = run(lambda liaison: liaison.prm.desk.queue(requester=acting(who), window=window))
    if not show(page, as_json=as_json):
        deal_list("Waiting for a decision", page)


def approve(deal_id: str, who: Who = MANAGER, exception: str = "", key: Key = "", version: Version = "") -> None:
    """Approve and protect; --exception overrules first-approved-wins and is recorded."""
    act: Act = lambda it, made: it.prm.desk.approve(deal_id, write=made, exception=exception)  # noqa: E731
    write(deal_id, act, who=who, key=key, version=version)


def reject(deal_id: str, reason: str, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Refuse, with the reason the partner reads."""
    write(
        deal_id,
        lambda it, made: it.prm.desk.reject(deal_id, reason, write=made),
        who=who,
        key=key,
        version=version,
    )


def ask(deal_id: str, question: str, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Ask the partner for information."""
    write(deal_id, lambda it, made: it.prm.desk.ask(deal_id, question, write=made), who=who, key=key, version=version)


def duplicate(deal_id: str, of: str, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Close as a duplicate of another deal, which the partner does not get to know."""
    write(
        deal_id,
        lambda it, made: it.prm.desk.mark_duplicate(deal_id, of, write=made),
        who=who,
        key=key,
        version=version,
    )


def reopen(deal_id: str, reason: str, who: Who = MANAGER, key: Key = "", version: Version = "") -> None:
    """Take an approval back into review."""
    write(deal_id, lambda it, made: it.prm.desk.reopen(deal_id, reason, write=made), who=who, key=key, version=version)


def close(
    deal_id: str,
    won: Annotated[bool, typer.Option("--won/--lost", help="How it ended.")] = True,
    who: Who = MANAGER,
    key: Key = "",
    version: Version = "",
) -> None:
    """Record that an active deal was won or lost."""
    write(deal_id, lambda it, made: it.prm.desk.close(deal_id, won=won, write=made), who=who, key=key, version=version)


def conflicts(deal_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """Which other registrations seem to mean the same customer, and why."""
    found = run(lambda liaison: liaison.prm.desk.conflicts(deal_id, requester=acting(who)))
    if not show(found, as_json=as_json):
        table("Same customer", ("deal", "why"), [(item.deal_id, item.explanation) for item in found])


def decisions(deal_id: str, who: Who = MANAGER, replay: bool = False, as_json: AsJson = False) -> None:
    """What the rules decided and why; --replay decides again by the facts, the clock and the rules of the day."""
    kept = run(lambda liaison: liaison.prm.desk.decisions(deal_id, requester=acting(who)))
    if not show(kept, as_json=as_json):
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
