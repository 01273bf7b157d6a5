"""Cases that are known to be wrong for a while and must not stop a release until a day."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import SettingsError

QUARANTINE = Path(__file__).parents[1] / "quarantine.toml"


class Quarantined(BaseModel):
    """A case that the gate leaves out up to and with the day `until`, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    case: str
    reason: str = Field(min_length=10)
    until: date


class QuarantineFile(BaseModel):
    """The content of quarantine.toml."""

    model_config = ConfigDict(extra="forbid")

    case: list[Quarantined] = []


def load_quarantine(path: Path = QUARANTINE) -> list[Quarantined]:
    """The entries of a file. Raises SettingsError when it cannot be read."""
    try:
        return QuarantineFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).case
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise SettingsError(
            f"The quarantine cannot be read from {path}: {error}.", hint="See docs/evaluation.md."
        ) from error


def left_out(entries: Sequence[Quarantined], *, today: date) -> frozenset[tuple[str, str]]:
    """Suite and case of what may be left out today."""
    return frozenset((entry.suite, entry.case) for entry in entries if today <= entry.until)


def ended(entries: Sequence[Quarantined], *, today: date) -> list[str]:
    """A sentence for each entry whose time is over."""
    return [
        f"The quarantine of {entry.suite} {entry.case} ended on {entry.until}: mend it or decide anew ({entry.reason})."
        for entry in entries
        if today > entry.until
    ]
