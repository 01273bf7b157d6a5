"""What the API has no call for, refused by name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from assistant.errors import NotOffered, Problem


def lacking(what: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    """A method of a port that raises NotOffered: the API has no `what`."""

    async def refuse(*_arguments: object, **_named: object) -> NoReturn:
        message = f"Microsoft's referrals API has no {what}."
        raise NotOffered(message, problems=(Problem("", NotOffered.code, message),))

    refuse.__doc__ = f"Raises NotOffered: the API has no {what}."
    return refuse


class MicrosoftDesk:
    """See DealDesk: Microsoft decides in Partner Center, so every decision is refused with NotOffered."""

    queue = lacking("queue to decide on")
    conflicts = lacking("search for conflicts")
    decisions = lacking("record of decisions")
    replay = lacking("record of decisions")
    approve = lacking("decisions of ours")
    reject = lacking("decisions of ours")
    ask = lacking("decisions of ours")
    mark_duplicate = lacking("decisions of ours")
    reopen = lacking("decisions of ours")
    close = lacking("decisions of ours; a partner closes its deal by the stages launched and closed_lost")
    decide_funds = lacking("funds")

    async def tick(self) -> int:
        """Nothing lapses here: Microsoft lets referrals expire itself."""
        return 0
