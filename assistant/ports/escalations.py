"""Where matters for channel managers are kept."""

from __future__ import annotations

from typing import Protocol

from assistant.domain.escalation import Escalation
from assistant.domain.people import Requester


class Escalations(Protocol):
    """Keeps escalations durably, apart by tenant. Raises StorageError.

    Channel managers and administrators see those of their tenant, everybody else their own.
    """

    async def add(self, escalation: Escalation) -> Escalation:
        """Keep it; the one that is kept already when its id is known, so that a repeated call adds nothing."""
        ...

    async def open(self, *, requester: Requester) -> tuple[Escalation, ...]:
        """What waits, oldest first, as far as the requester may see it."""
        ...

    async def close(self, escalation_id: str, *, requester: Requester) -> Escalation:
        """Mark it as taken care of. Raises Forbidden for partners, RecordNotFound when there is none."""
        ...
