"""Each write under its key once: kept with its request id before it is sent, and looked up after an unknown outcome."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar

from assistant.errors import LiaisonError, OutcomeUnknown
from assistant.ports.prm import Write
from integrations.prm.partner_central.intents import Intent, Intents

T = TypeVar("T")


async def once(
    intents: Intents[T], write: Write, asked: tuple[str, str, object], work: Callable[[Intent[T]], Awaitable[T]]
) -> T:
    """What `work` gives, or gave under this key. `asked` are the operation, the record and the body.

    A key is free again when its first attempt was surely refused; after an unknown outcome it stays with its request.
    """
    intent = intents.begin(write, *asked)
    if intent.outcome is not None:
        return intent.outcome
    try:
        return intents.ended(write, await work(intent))
    except OutcomeUnknown:
        raise
    except LiaisonError:
        if not intent.resumed:
            intents.refused(write)
        raise


def request_id(token: str) -> uuid.UUID:
    """The MS-RequestId of a write: the same for each attempt, as the API asks for."""
    return uuid.uuid5(uuid.NAMESPACE_URL, token)
