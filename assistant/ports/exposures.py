"""The log of co-sell recommendations: what was shown to whom, kept until it is erased."""

from __future__ import annotations

from typing import Protocol

from assistant.domain.exposure import Exposure


class ExposureLog(Protocol):
    """Keeps exposures of many tenants apart. Raises StorageError when the database refuses."""

    async def keep(self, exposure: Exposure) -> None:
        """Keep an exposure; one whose id the tenant has already is passed over."""
        ...

    async def of(self, tenant: str) -> tuple[Exposure, ...]:
        """All exposures of a tenant, oldest first."""
        ...

    async def forget(self, tenant: str, *, who: str) -> int:
        """Erase what was shown to somebody; how many exposures that were."""
        ...
