"""Slots filled into Fluent patterns, numbers and dates as CLDR writes them in the locale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern
from fluent.runtime.types import fluent_number
from fluent.syntax import FluentParser, ast, visitor

from assistant.campaigns.locale_pack import LocalePack
from assistant.errors import SettingsError

Value = str | Decimal | date
HINT = "Texts are Fluent patterns: { $slot }, { NUMBER($slot) } or a plural { $n -> [one] … *[other] … }."
SPECIAL = ("[", "*", ".", "}")  # at the start of a line they mean something to Fluent


class _Slots(visitor.Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - the library's name
        """Remember one slot."""
        self.names.add(node.id.name)


@lru_cache(maxsize=8192)
def slots(pattern: str) -> frozenset[str]:
    """The slots of a pattern; raises SettingsError for one that Fluent cannot read."""
    resource = FluentParser().parse(_message(pattern))
    if len(resource.body) != 1 or not isinstance(resource.body[0], ast.Message):
        raise SettingsError(f"Not a Fluent pattern: {pattern!r}", hint=HINT)
    found = _Slots()
    found.visit(resource)
    return frozenset(found.names)


def render(pattern: str, values: Mapping[str, Value], locale: LocalePack) -> str:
    """The pattern with its slots filled; raises SettingsError for a slot without a value."""
    wanted = slots(pattern)
    missing = wanted - values.keys()
    if missing:
        raise SettingsError(f"No value for {', '.join(sorted(missing))} in {pattern!r}.", hint="Add it to the brief.")
    return _rendered(pattern, tuple((name, values[name]) for name in wanted), locale.tag)


@lru_cache(maxsize=8192)
def _rendered(pattern: str, values: tuple[tuple[str, Value], ...], tag: str) -> str:
    bundle, message = _compiled(pattern, tag)
    text, errors = bundle.format_pattern(message, {name: _fluent(value, tag) for name, value in values})
    if errors:
        raise SettingsError(f"{pattern!r} cannot be filled: {errors[0]}", hint=HINT)
    return str(text)


def written(value: Value, locale: LocalePack) -> str:
    """A slot's value as it stands in a text."""
    return render("{ $value }", {"value": value}, locale)


def _fluent(value: Value, tag: str) -> object:
    if isinstance(value, date):
        return format_date(value, format="long", locale=tag)
    return fluent_number(value) if isinstance(value, Decimal) else value


def _message(pattern: str) -> str:
    lines = (f'{{"{line[0]}"}}{line[1:]}' if line.startswith(SPECIAL) else line for line in pattern.split("\n"))
    return "text =\n" + "\n".join(f"    {line}" if line else "" for line in lines) + "\n"


@lru_cache(maxsize=8192)
def _compiled(pattern: str, tag: str) -> tuple[FluentBundle, Pattern]:
    bundle = FluentBundle([tag], use_isolating=False)
    bundle.add_resource(FluentResource(_message(pattern)))
    value = bundle.get_message("text").value
    if value is None:
        raise SettingsError(f"Not a Fluent pattern: {pattern!r}", hint=HINT)
    return bundle, value
