"""`liaison usage`: what the language model took."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from assistant.ports.model_ledger import Group, Spent
from integrations.bootstrap import Liaison, build
from integrations.commands.acting import table
from integrations.settings import Settings

GROUPS: tuple[Group, ...] = ("tenant", "partner", "user", "model")


def usage(
    days: Annotated[int, typer.Option(min=1, help="How many days back, today included (UTC).")] = 1,
    tenant: Annotated[str, typer.Option(help="Only this tenant.")] = "",
) -> None:
    """What the language model took, by tenant, partner, user and model, with the limits of a day."""
    installation = build(Settings())
    try:
        found = asyncio.run(_found(installation, days=days, tenant=tenant))
    finally:
        installation.close()
    for group, spent in found.items():
        rows = [(each.who or "–", each.answers, each.tokens, f"{each.cost:.4f}") for each in spent]
        table(f"By {group}{_limit(installation.settings, group)}", (group, "answers", "tokens", "cost"), rows)


async def _found(installation: Liaison, *, days: int, tenant: str) -> dict[Group, list[Spent]]:
    today = installation.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    return {group: await installation.model_ledger.by(group, since=since, tenant=tenant) for group in GROUPS}


def _limit(settings: Settings, group: Group) -> str:
    limits = {
        "user": (settings.model_user_tokens, settings.model_user_cost),
        "partner": (settings.model_partner_tokens, settings.model_partner_cost),
        "tenant": (settings.model_tenant_tokens, settings.model_tenant_cost),
    }
    tokens, cost = limits.get(group, (0, 0))
    told = [f"{tokens} tokens" if tokens else "", f"cost {cost}" if cost else ""]
    return f" (a day: {' and '.join(each for each in told if each)})" if any(told) else ""
