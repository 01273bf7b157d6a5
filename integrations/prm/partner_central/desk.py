"""The desk of somebody else's PRM: every decision is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from assistant.errors import NotOffered


def _lacking(what: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def refuse(*_arguments: object, **_named: object) -> NoReturn:
        raise NotOffered(f"A partner's access to Partner Central has no {what}.")

    refuse.__doc__ = f"Raises NotOffered: there is no {what}."
    return refuse


class AwsDesk:
    """See DealDesk: AWS decides in Partner Central, so every decision is refused with NotOffered."""

    queue = _lacking("queue to decide on")
    conflicts = _lacking("search for conflicts")
    decisions = _lacking("record of decisions")
    replay = _lacking("record of decisions")
    approve = _lacking("decisions of ours")
    reject = _lacking("decisions of ours")
    ask = _lacking("decisions of ours")
    mark_duplicate = _lacking("decisions of ours")
    reopen = _lacking("decisions of ours")
    close = _lacking("decisions of ours; a partner closes its deal by the stages launched and closed_lost")
    decide_funds = _lacking("funds")

    async def tick(self) -> int:
        """Nothing lapses here."""
        return 0
