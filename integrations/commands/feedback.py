"""`liaison feedback`: what you think of an answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from assistant.domain.gap import Complaint, Feedback, Rating
from integrations.bootstrap import build
from integrations.commands.acting import Who
from integrations.commands.ask import TERMINAL
from integrations.settings import Settings


def feedback(
    answer_id: Annotated[str, typer.Argument(help="The id that `liaison ask --json` printed with the answer.")],
    rating: Annotated[Rating, typer.Argument(help="What you think of it.")],
    *,
    who: Who = "",
    reason: Annotated[Complaint | None, typer.Option(help="What is wrong with it.")] = None,
    comment: Annotated[str, typer.Option(help="In your own words.")] = "",
) -> None:
    """Rate an answer you were given. A bad rating puts its question into `liaison gaps`."""
    liaison = build(Settings())
    try:
        requester = liaison.directory.requester(who)
        requester = requester if requester.user else replace(requester, user=TERMINAL)
        given = Feedback(answer_id=answer_id, rating=rating, comment=comment, reason=reason)
        kept = asyncio.run(liaison.feedback.rate(given, requester=requester))
    finally:
        liaison.close()
    Console().print(f"Kept: {kept.feedback.rating} for “{kept.question}”.", highlight=False, markup=False)
