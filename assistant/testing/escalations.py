"""Escalations in memory."""

from __future__ import annotations

from dataclasses import replace

from assistant.domain.escalation import Escalation
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, RecordNotFound
from assistant.ports.clock import Clock

STAFF = {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}


class MemoryEscalations:
    """Implements Escalations over a dictionary."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, str], Escalation] = {}

    async def add(self, escalation: Escalation) -> Escalation:
        """See Escalations."""
        return self._kept.setdefault((escalation.tenant, escalation.id), escalation)

    async def open(self, *, requester: Requester) -> tuple[Escalation, ...]:
        """See Escalations."""
        return tuple(
            each
            for each in sorted(self._kept.values(), key=lambda each: (each.at, each.id))
            if each.tenant == requester.tenant
            and each.closed_at is None
            and (requester.role in STAFF or (each.requester, each.user) == (requester.name, requester.user))
        )

    async def close(self, escalation_id: str, *, requester: Requester) -> Escalation:
        """See Escalations."""
        if requester.role not in STAFF:
            raise Forbidden("Only channel managers and administrators close escalations.")
        key = (requester.tenant, escalation_id)
        if key not in self._kept:
            raise RecordNotFound(f"There is no escalation {escalation_id!r}.", hint="See `liaison escalations list`.")
        if self._kept[key].closed_at is None:
            closed = replace(self._kept[key], closed_at=self._clock.now(), closed_by=requester.name)
            self._kept[key] = closed
        return self._kept[key]
