"""What a check says about a text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error blocks; a warning is shown to whoever approves."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is off: the check that says so, what is wrong, and the words it is about."""

    check: str
    severity: Severity
    message: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.severity}: {self.check}: {self.message}"


def error(check: str, message: str, words: str = "") -> Finding:
    """A finding that blocks."""
    return Finding(check=check, severity=Severity.ERROR, message=message, words=words)


def warning(check: str, message: str, words: str = "") -> Finding:
    """A finding that is shown."""
    return Finding(check=check, severity=Severity.WARNING, message=message, words=words)
