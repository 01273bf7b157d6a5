"""Keys that programs present to the HTTP interfaces, and where they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: never the secret, only its SHA-256 digest in hex.

    `principal` names who it stands for as `--as` does: `partner:ID`, `channel_manager:ID` or `administrator:ID`, and
    empty for nobody in particular, who sees public content. `previous_digest` is the secret before the last rotation,
    which is good until `previous_until`. `rate_per_minute` 0 means the installation's own limit.
    """

    id: str
    name: str
    principal: str
    scopes: frozenset[str]
    digest: str
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None
    previous_digest: str = ""
    previous_until: datetime | None = None
    rate_per_minute: int = 0

    def usable(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class ApiKeys(Protocol):
    """Keeps keys. Raises StorageError when the database refuses."""

    async def find(self, key_id: str) -> ApiKey | None:
        """The key with this id, revoked and expired ones included."""
        ...

    async def all(self) -> list[ApiKey]:
        """Every key, oldest first."""
        ...

    async def put(self, key: ApiKey) -> None:
        """Store a key, in place of the one with the same id."""
        ...
