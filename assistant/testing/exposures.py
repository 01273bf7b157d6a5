"""Exposures in memory."""

from __future__ import annotations

from assistant.domain.exposure import Exposure


class MemoryExposures:
    """Implements ExposureLog for tests; nothing outlives the process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Exposure] = {}

    async def keep(self, exposure: Exposure) -> None:
        """See ExposureLog."""
        self._kept.setdefault((exposure.tenant, exposure.id), exposure)

    async def of(self, tenant: str) -> tuple[Exposure, ...]:
        """See ExposureLog."""
        mine = (item for (owner, _), item in self._kept.items() if owner == tenant)
        return tuple(sorted(mine, key=lambda item: (item.at, item.id)))

    async def forget(self, tenant: str, *, who: str) -> int:
        """See ExposureLog."""
        gone = [key for key, item in self._kept.items() if key[0] == tenant and item.who == who]
        for key in gone:
            del self._kept[key]
        return len(gone)
