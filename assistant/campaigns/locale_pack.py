"""What is right in a locale: forms of address, typography, formats, words that need proof. One YAML file a locale."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import regex
from babel import Locale
from pydantic import Field, field_validator

from assistant.campaigns.reading import Closed

NO_SPACES = {"ja", "zh"}  # words are not separated


class Formality(Closed):
    """How readers are addressed: the policy, and the patterns that give a form of address away."""

    policy: Literal["formal", "informal", "any"] = "any"
    formal: tuple[str, ...] = ()
    informal: tuple[str, ...] = ()

    @field_validator("formal", "informal")
    @classmethod
    def _compiles(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            regex.compile(pattern)
        return patterns


class LocalePack(Closed):
    """One locale. `ratio` holds the widths, relative to English, that are plausible for a sentence.

    `doubles` are patterns of words that rightly stand twice, with what must stand before or behind them.
    """

    locale: str
    name: str
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    country: str = Field(pattern=r"^[A-Z]{2}$")
    inherits: str = ""
    babel: str = ""
    script: Literal["Latn", "Jpan", "Hans", "Kore", "Arab"] = "Latn"
    direction: Literal["ltr", "rtl"] = "ltr"
    formality: Formality = Formality()
    quotes: tuple[str, str, str, str]
    spacing: Literal["none", "france", "quebec"] = "none"
    inverted: bool = False
    eszett: bool = True
    wide: bool = False
    percent: Literal["spaced", "closed", "any"] = "any"
    ratio: tuple[float, float]
    doubles: tuple[str, ...] = ()
    loanwords: tuple[str, ...] = ()
    variant: dict[str, str] = Field(default={})
    superlatives: tuple[str, ...] = ()
    absolutes: tuple[str, ...] = ()
    inclusive: dict[str, str] = Field(default={})
    quantities: tuple[str, ...] = ()

    @cached_property
    def cldr(self) -> Locale:
        """CLDR's data for this locale."""
        return Locale.parse(self.babel or self.locale.replace("-", "_"))

    @cached_property
    def tag(self) -> str:
        """The name Babel and Fluent know the locale by."""
        return str(self.cldr)

    @cached_property
    def plural_categories(self) -> frozenset[str]:
        """The plural forms CLDR asks for, "other" included."""
        return frozenset(self.cldr.plural_form.tags) | {"other"}

    @property
    def spaced(self) -> bool:
        """Whether words are separated by spaces."""
        return self.language not in NO_SPACES

    def phrases(self, patterns: tuple[str, ...]) -> regex.Pattern[str] | None:
        """One pattern that finds any of these phrases as whole words; None for none."""
        if not patterns:
            return None
        joined = "|".join(f"(?:{pattern})" for pattern in patterns)
        bounded = rf"(?<![\p{{L}}\p{{N}}])(?:{joined})(?![\p{{L}}\p{{N}}])"
        cut = not self.spaced or self.language in {"ko", "ar"}
        return regex.compile(joined if cut else bounded, regex.IGNORECASE)

    @cached_property
    def doubled(self) -> regex.Pattern[str] | None:
        """Finds, where a word stands twice, whether the language has it so there."""
        return regex.compile("|".join(self.doubles), regex.IGNORECASE) if self.doubles else None

    @cached_property
    def superlative(self) -> regex.Pattern[str] | None:
        """Finds claims to be first or best."""
        return self.phrases(self.superlatives)

    @cached_property
    def absolute(self) -> regex.Pattern[str] | None:
        """Finds promises: free, guaranteed, only, first."""
        return self.phrases(self.absolutes)

    @cached_property
    def quantity(self) -> regex.Pattern[str] | None:
        """Finds numbers and shares written as words."""
        return self.phrases(self.quantities)

    @cached_property
    def off_variant(self) -> regex.Pattern[str] | None:
        """Finds words of another variant of the language."""
        return self.phrases(tuple(regex.escape(word) for word in self.variant))

    @cached_property
    def excluding(self) -> regex.Pattern[str] | None:
        """Finds words that the inclusive-language policy replaces."""
        return self.phrases(tuple(regex.escape(word) for word in self.inclusive))

    @cached_property
    def address(self) -> tuple[regex.Pattern[str] | None, regex.Pattern[str] | None]:
        """Finds formal and informal address."""
        found = [
            regex.compile("|".join(each)) if each else None for each in (self.formality.formal, self.formality.informal)
        ]
        return found[0], found[1]
