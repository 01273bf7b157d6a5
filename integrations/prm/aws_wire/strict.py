"""Checks a document against Amazon's model: also what botocore itself lets pass (enums, patterns, maxima, unions)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import regex
from botocore.model import ListShape, MapShape, Shape, StructureShape

from assistant.errors import Problem

MISSING, ENUM, FORMAT = "REQUIRED_FIELD_MISSING", "INVALID_ENUM_VALUE", "INVALID_STRING_FORMAT"
VALUE, FEW, MANY, RANGE = "INVALID_VALUE", "NOT_ENOUGH_VALUES", "TOO_MANY_VALUES", "VALUE_OUT_OF_RANGE"
MATCH_SECONDS = 0.5
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "list": (list, tuple),
    "map": (dict,),
    "structure": (dict,),
    "timestamp": (str, int, float, datetime),
}

Value = Any  # a JSON value; the model says which


def flaws(value: Value, shape: Shape, *, place: str = "") -> tuple[Problem, ...]:
    """Everything in which `value` breaks the model, each with the code Partner Central documents; empty when nothing.

    Members the model does not know are flaws too. Times may be datetimes or ISO 8601 text.
    """
    return tuple(_flaws(value, shape, place))


def known(value: Value, shape: Shape) -> Value:
    """The value as the service reads it: without nulls and without members the model does not know."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members = shape.members
        kept = ((name, known(each, members[name])) for name, each in value.items() if name in members)
        return {name: each for name, each in kept if each is not None}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [known(each, shape.member) for each in value if each is not None]
    return value


def _flaws(value: Value, shape: Shape, place: str) -> Iterator[Problem]:
    if shape.type_name in KINDS and not _is(value, shape.type_name):
        yield Problem(place, VALUE, f"must be a {shape.type_name}")
    elif isinstance(shape, StructureShape):
        yield from _structure(value, shape, place)
    elif isinstance(shape, ListShape):
        yield from _sized(len(value), shape, place)
        for number, item in enumerate(value):
            yield from _flaws(item, shape.member, f"{place}[{number}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _flaws(item, shape.value, f"{place}.{key}")
    elif shape.type_name == "timestamp":
        yield from _time(value, place)
    elif shape.type_name == "string":
        yield from _text(value, shape, place)
    elif shape.type_name in {"integer", "long"}:
        yield from _number(value, shape, place)


def _is(value: Value, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, KINDS[kind])


def _structure(value: dict[str, Value], shape: StructureShape, place: str) -> Iterator[Problem]:
    prefix = f"{place}." if place else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield Problem(f"{prefix}{name}", MISSING, "is required")
    if shape.metadata.get("union") and len(value) != 1:
        choices = ", ".join(shape.members)
        yield Problem(place, VALUE, f"must have exactly one of {choices}")
    for name, each in value.items():
        if name not in shape.members:
            yield Problem(f"{prefix}{name}", VALUE, "is not a field of this record")
        elif each is not None:
            yield from _flaws(each, shape.members[name], f"{prefix}{name}")
        elif name not in shape.required_members:
            yield Problem(f"{prefix}{name}", VALUE, "must be left out instead of null")


def _text(value: str, shape: Shape, place: str) -> Iterator[Problem]:
    values = shape.enum
    if values and value not in values:
        shown = ", ".join(values[:12]) + (" …" if len(values) > 12 else "")
        yield Problem(place, ENUM, f"{value!r} is none of {shown}")
        return
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield Problem(place, FORMAT, f"must match {pattern}")
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(value) < low or (high is not None and len(value) > high):
        yield Problem(place, RANGE, f"must have {low} to {high or 'any number of'} characters")


def _number(value: int, shape: Shape, place: str) -> Iterator[Problem]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and value < low) or (high is not None and value > high):
        yield Problem(place, RANGE, f"must be {low} to {high}")


def _sized(count: int, shape: Shape, place: str) -> Iterator[Problem]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if count < low:
        yield Problem(place, FEW, f"must have at least {low} value(s)")
    if high is not None and count > high:
        yield Problem(place, MANY, f"has {count} values; {high} is the most")


def _time(value: Value, place: str) -> Iterator[Problem]:
    if isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            yield Problem(place, FORMAT, "must be a time such as 2026-11-22T10:00:00Z")


def _matches(pattern: str, value: str) -> bool:
    """Whether a text fits; one that takes long to tell, as some of Amazon's patterns let it, does not."""
    try:
        return compiled(pattern).fullmatch(value, timeout=MATCH_SECONDS) is not None
    except TimeoutError:
        return False


@cache
def compiled(pattern: str) -> regex.Pattern[str]:
    """The model's pattern, ready to match."""
    return regex.compile(pattern)
