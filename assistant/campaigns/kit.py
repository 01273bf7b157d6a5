"""What a partner gets: every field of a campaign in one locale, with its size, claims, findings and status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.campaigns.channel import Unit
from assistant.campaigns.finding import Finding, Severity
from assistant.campaigns.segment import Term


class Status(StrEnum):
    """How far a field is. Nothing is sent without a person's approval."""

    READY = "ready for approval"
    NEEDS_TRANSLATION = "needs translation"
    NEEDS_CLAIM = "needs a claim"
    BLOCKED = "blocked"


class Author(StrEnum):
    """Who wrote the text of a field."""

    APPROVED = "approved text"
    MODEL = "written by a model"
    INSTEAD = "approved text, as the model's was not usable"


@dataclass(frozen=True, slots=True)
class KitField:
    """One field. `text` is what would be sent; `size` of `hard` in `unit` is what it takes; `variant` is S, M or L.

    `rejected` names, with `Author.INSTEAD`, what was wrong with the model's text or why there was none. `terms` are the
    words of the trade in `source`, and how the kit's language says them.
    """

    place: str
    position: int
    text: str
    source: str
    variant: str
    unit: Unit
    size: int
    hard: int
    soft: int
    claims: tuple[str, ...]
    findings: tuple[Finding, ...]
    status: Status
    author: Author = Author.APPROVED
    rejected: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """Why it is not ready."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Kit:
    """A campaign in one locale. `written_for` is the locale whose approved texts were used, "" when there are none.

    When it differs from `locale` the texts are inherited, which whoever approves must see. `model` wrote, if any did.
    """

    campaign: str
    programme: str
    theme: str
    locale: str
    country: str
    written_for: str
    approved_by: str
    send_on: date
    url: str
    fields: tuple[KitField, ...]
    names: tuple[str, ...]
    model: str = ""

    @property
    def inherited(self) -> bool:
        """Whether the texts were approved for another locale of the language."""
        return bool(self.written_for) and self.written_for != self.locale

    @property
    def terms(self) -> tuple[Term, ...]:
        """The glossary sheet: the words of the trade in all fields, each once."""
        return tuple(dict.fromkeys(term for each in self.fields for term in each.terms))
