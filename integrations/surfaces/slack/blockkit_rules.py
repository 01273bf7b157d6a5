"""The kinds of rules that Block Kit payloads are held to, and what a broken one is told as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Broken(StrEnum):
    """What is wrong with a place in a payload; stable, for programs."""

    WRONG_TYPE = "wrong_type"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_PROPERTY = "unknown_property"
    MISSING = "missing"
    EXCLUSIVE = "exclusive"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    OUT_OF_RANGE = "out_of_range"
    NOT_ALLOWED = "not_allowed"
    BAD_FORMAT = "bad_format"
    WRONG_SURFACE = "wrong_surface"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule. `pointer` is the JSON pointer (RFC 6901) of the place, "" for the whole payload."""

    pointer: str
    code: Broken
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.message} [{self.code}]"


class Surface(StrEnum):
    """Where blocks are shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Words:
    """A string of `least` to `most` characters that matches `pattern` as a whole."""

    most: int = 0  # 0: as long as it likes
    least: int = 1
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text object: {"type": "plain_text" or "mrkdwn", "text": …}."""

    most: int = 3000
    plain: bool = False
    least: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some strings."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds; `whole` for integers."""

    low: float | None = None
    high: float | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever Slack takes there: its inside is not ours to judge."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of `least` to `most` things."""

    of: Rule
    most: int
    least: int = 1


@dataclass(frozen=True, slots=True)
class Named:
    """An object of the table OBJECTS, which carries no type of its own."""

    name: str


@dataclass(frozen=True, slots=True)
class Kind:
    """An object whose `type` is one of `of`; each is described by a table of kinds."""

    of: frozenset[str]
    table: str = "elements"


Rule = Words | Text | Choice | Flag | Number | Anything | Items | Named | Kind


@dataclass(frozen=True, slots=True)
class Shape:
    """The properties of an object. Of each group in `one_of` exactly one stands in it, of `any_of` at least one."""

    properties: Mapping[str, Rule]
    required: frozenset[str] = frozenset()
    one_of: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[str, ...] = ()
    surfaces: frozenset[Surface] = field(default=frozenset(Surface))


def kinds(names: str, table: str = "elements") -> Kind:
    """The rule for objects of these types, separated by blanks."""
    return Kind(frozenset(names.split()), table)


def needs(names: str) -> frozenset[str]:
    """Names of required properties, separated by blanks."""
    return frozenset(names.split())
