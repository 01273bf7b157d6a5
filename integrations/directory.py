"""Who `--as` stands for: people and partners from a YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.domain.people import ANONYMOUS, Requester, Role
from assistant.errors import SettingsError, UsageError


class Partner(BaseModel):
    """A partner organisation."""

    model_config = ConfigDict(extra="ignore")
    id: str
    name: str = ""
    tier: str
    regions: frozenset[str] = frozenset()
    locale: str = "en"


class Staff(BaseModel):
    """One of the vendor's own people."""

    model_config = ConfigDict(extra="ignore")
    id: str
    name: str = ""
    role: Literal[Role.CHANNEL_MANAGER, Role.ADMINISTRATOR]
    regions: frozenset[str] = frozenset()
    locale: str = "en"


class People(BaseModel):
    """The file."""

    partners: tuple[Partner, ...] = ()
    staff: tuple[Staff, ...] = ()


class Directory:
    """Looks up who is asking. Without a file only anonymous questions are possible."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._people = _read(file) if file else People()

    def requester(self, name: str) -> Requester:
        """The requester of `partner:ID`, `channel_manager:ID` or `administrator:ID`; an empty name is anonymous.

        Raises UsageError for somebody the file does not know.
        """
        if name in {"", "anonymous"}:
            return ANONYMOUS
        kind, _, key = name.partition(":")
        for partner in self._people.partners:
            if (kind, key) == (Role.PARTNER, partner.id):
                return Requester(
                    user=key,
                    role=Role.PARTNER,
                    partner_id=key,
                    tier=partner.tier,
                    regions=partner.regions,
                    locale=partner.locale,
                )
        for person in self._people.staff:
            if (kind, key) == (person.role, person.id):
                return Requester(user=key, role=person.role, regions=person.regions, locale=person.locale)
        raise UsageError(f"Nobody is known as {name!r}.", hint=self._hint())

    @property
    def people(self) -> People:
        """Everybody the file knows."""
        return self._people

    def _hint(self) -> str:
        if self._file is None:
            return "Set LIAISON_PARTNERS to a YAML file with partners and staff; samples/partners.yaml is one."
        known = [f"partner:{p.id}" for p in self._people.partners] + [f"{s.role}:{s.id}" for s in self._people.staff]
        return f"{self._file} knows: {', '.join(known)}."


def _read(file: Path) -> People:
    try:
        return People.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.", hint="Check LIAISON_PARTNERS.") from error
    except (UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"{file} is not a list of partners: {error}", hint="See docs/samples.md.") from error
