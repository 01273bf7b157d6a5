"""The glossary file: words of the trade in every language, each with what it was found in, as a person settles them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assistant.campaigns.reading import Closed
from assistant.campaigns.term_extraction import Proposal


class Concepts(Closed):
    """What is looked up in translated content. `names` hold such words without being said in them."""

    concepts: tuple[str, ...]
    names: tuple[str, ...] = ()


class Entry(Closed):
    """How a concept is said in a language: in `seen` of `of` texts that speak of it. `others` are further forms.

    Whoever settles it sets `status` and `by`; extraction leaves settled entries as they are.
    """

    term: str
    status: Literal["proposed", "conflict", "settled"]
    seen: int = 0
    of: int = 0
    origins: dict[str, int] = Field(default={})
    others: dict[str, int] = Field(default={})
    by: str = ""

    @property
    def usable(self) -> bool:
        """Whether copy may be held to it."""
        return self.status != "conflict"

    @property
    def approved(self) -> tuple[str, ...]:
        """The forms that copy may use: of a settled entry also the others that the person left in it."""
        return (self.term, *self.others) if self.status == "settled" else (self.term,)

    @classmethod
    def of_proposal(cls, found: Proposal) -> Entry:
        """The entry of an extracted term."""
        return cls(
            term=found.term,
            status="conflict" if found.conflict else "proposed",
            seen=found.seen,
            of=found.texts,
            origins=dict(found.origins),
            others=dict(found.others),
        )


class Glossary(Closed):
    """Every concept by language. `sources` says what each origin is, and under which licence."""

    sources: dict[str, str] = Field(default={})
    concepts: dict[str, dict[str, Entry]]
