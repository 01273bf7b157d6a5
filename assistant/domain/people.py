"""Who is asking: the verified identity that travels with every call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.errors import UsageError


class Role(StrEnum):
    """What a person does in the partner programme."""

    PARTNER = "partner"
    CHANNEL_MANAGER = "channel_manager"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Requester:
    """The person a call is made for, resolved by the surface from a verified identity.

    `regions` holds every code that applies to the person, from the country (ISO 3166-1 alpha-2) up
    ("DE", "DACH", "EMEA"). `role is None` means that the identity is unknown: public content only, no tools.
    """

    user: str = ""
    role: Role | None = None
    partner_id: str = ""
    tier: str = ""
    regions: frozenset[str] = frozenset()
    locale: str = "en"
    tenant: str = "default"

    @property
    def known(self) -> bool:
        """Whether the surface verified who this is."""
        return self.role is not None

    @property
    def name(self) -> str:
        """How logs and tables call this person."""
        if self.role is Role.PARTNER:
            return f"partner:{self.partner_id}"
        return f"{self.role}:{self.user}" if self.role else "anonymous"


ANONYMOUS = Requester()
PRINCIPALS = "partner:ID, channel_manager:ID or administrator:ID"


def principal(name: str) -> Requester:
    """The requester that `partner:ID`, `channel_manager:ID` or `administrator:ID` names, by role and id alone.

    Raises UsageError for anything else.
    """
    kind, _, key = name.partition(":")
    if kind not in set(Role) or not key:
        raise UsageError(f"{name!r} names nobody.", hint=f"Say {PRINCIPALS}.")
    role = Role(kind)
    return Requester(user=key, role=role, partner_id=key if role is Role.PARTNER else "")


@dataclass(frozen=True, slots=True)
class TierLadder:
    """The programme's tiers from lowest to highest."""

    names: tuple[str, ...] = ("registered", "silver", "gold", "platinum")

    def reaches(self, tier: str, minimum: str) -> bool:
        """Whether `tier` is `minimum` or above; a tier the ladder does not know reaches nothing."""
        if tier not in self.names or minimum not in self.names:
            return False
        return self.names.index(tier) >= self.names.index(minimum)
