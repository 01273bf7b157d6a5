"""What a connected system has no call for, refused by name and before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from assistant.errors import NotOffered, Problem


def lacking(system: str, what: str, *, hint: str = "") -> Callable[..., Coroutine[Any, Any, Any]]:
    """A method of a port that raises NotOffered: the system has no `what`."""

    async def refuse(*_arguments: object, **_named: object) -> NoReturn:
        message = f"{system} has no {what}."
        problem = Problem("", NotOffered.code, message)
        raise NotOffered(message, hint=hint, problems=(problem,))

    refuse.__doc__ = f"Raises NotOffered: there is no {what}."
    return refuse


VENDOR = "A partner's access to the vendor's own system"
DECISIONS = "decisions of ours; the vendor decides there"


class VendorDesk:
    """See DealDesk: the vendor decides in its own system, so every decision is refused with NotOffered."""

    queue = lacking(VENDOR, "queue to decide on")
    conflicts = lacking(VENDOR, "search for conflicts")
    decisions = lacking(VENDOR, "record of decisions")
    replay = lacking(VENDOR, "record of decisions")
    approve = lacking(VENDOR, DECISIONS)
    reject = lacking(VENDOR, DECISIONS)
    ask = lacking(VENDOR, DECISIONS)
    mark_duplicate = lacking(VENDOR, DECISIONS)
    reopen = lacking(VENDOR, DECISIONS)
    close = lacking(VENDOR, "decisions of ours; a partner closes its deal by the stages launched and closed_lost")
    decide_funds = lacking(VENDOR, "funds")

    async def tick(self) -> int:
        """Nothing lapses here: what runs out there, the vendor lets expire."""
        return 0
