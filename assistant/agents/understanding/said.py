"""A message and what came before it, as its intent is decided from them."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from assistant.agents.understanding.entities import Marked
from assistant.agents.understanding.lexicon import Lexicon
from assistant.agents.understanding.reading import Intent
from assistant.agents.understanding.reference import has_name


@dataclass(frozen=True, slots=True)
class Said:
    """The last message: what its writer said outside quotations (`own`), all of it, and its facts."""

    own: str
    marked: Marked
    words: Lexicon

    def has(self, *cues: str) -> bool:
        """Whether the writer used a word of any of these kinds."""
        return any(self.words.has(cue, self.own) for cue in cues)

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return regex.search(r"[?？]", self.own) is not None or self.has("question")

    @property
    def deal(self) -> bool:
        """Whether a registration is named by its id."""
        return bool(self.marked.of("deal_id"))

    @property
    def names(self) -> bool:
        """Whether it has a name that may be a customer's."""
        return has_name(self.marked.rest, self.words, opening=True)

    @property
    def names_inside(self) -> bool:
        """The same, the word that it opens with left aside: every verb is written like a name there."""
        return has_name(self.marked.rest, self.words)

    @property
    def facts(self) -> int:
        """How many kinds of facts of a registration it states."""
        kinds = {"product", "email", "country", "day"}
        return sum(bool(self.marked.of(kind)) for kind in kinds) + bool(self.marked.amounts)


@dataclass(frozen=True, slots=True)
class Before:
    """What came before: the assistant's last message ("" if none) and the intent the dialogue had until then."""

    asked: str = ""
    intent: Intent | None = None
    marked: Marked | None = None
