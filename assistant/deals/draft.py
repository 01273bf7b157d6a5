"""Reading records that somebody typed or sent: text or plain values to drafts and changes, with every problem named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from assistant.domain.deals import DealChange, DealDraft
from assistant.errors import InvalidRecord, Problem

T = TypeVar("T")
SHOWN = 40  # letters of a wrong value that its message repeats
WORDS = {
    "missing": "is required",
    "decimal": "{value!r} is no number such as 30000 or 1250.50",
    "int_": "{value!r} is no whole number such as 3",
    "bool": "{value!r} is neither true nor false",
    "date_": "{value!r} is no date; write year-month-day, such as 2026-12-01",
    "datetime_": "{value!r} is no moment; write 2026-12-01T09:00:00+01:00",
    "string_type": "must be text; put it in quotes",
}  # the beginnings of the validator's codes


def read_draft(text: str) -> DealDraft:
    """The draft that a JSON or YAML text describes; raises InvalidRecord."""
    return read_record(text, DealDraft)


def read_change(text: str) -> DealChange:
    """The change that a JSON or YAML text describes; raises InvalidRecord."""
    return read_record(text, DealChange)


def read_record(text: str, kind: type[T]) -> T:
    """The record of this kind that a JSON or YAML text describes; raises InvalidRecord."""
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidRecord.of(Problem(field="", code="malformed", message=_unreadable(error))) from error
    return checked(values, kind)


def _unreadable(error: yaml.YAMLError) -> str:
    mark, told = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
    place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"the file is no JSON or YAML{place}: {told}"


def checked(values: object, kind: type[T]) -> T:
    """The record of plain values; raises InvalidRecord for unknown fields, and for every field that cannot be read."""
    if not isinstance(values, dict):
        message = f"must be an object with fields such as {', '.join(list(_fields(kind))[:3])}"
        raise InvalidRecord.of(Problem(field="", code="malformed", message=message))
    problems = (*unknown_fields(values, kind), *no_text(values))
    if problems:
        raise InvalidRecord.of(*problems)
    try:
        record: T = _adapter(cast("Any", kind)).validate_python(values)
    except ValidationError as error:
        raise invalid(error) from error
    return record


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """How records of a kind are read; made once, since a file may hold thousands."""
    return TypeAdapter(kind)


def unknown_fields(values: object, kind: object, *, path: str = "") -> Iterator[Problem]:
    """A problem for each value, at any depth, that the record has no field for: a slip of the pen is never dropped."""
    if isinstance(values, list):
        for place, value in enumerate(values):
            yield from unknown_fields(value, kind, path=f"{path.removesuffix('.')}[{place}].")
    if not isinstance(values, dict) or not isinstance(kind, type):
        return
    known = _fields(kind)
    for name, value in values.items():
        if name not in known:
            message = f"is not a field; fields are {', '.join(sorted(known))}"
            yield Problem(field=f"{path}{name}", code="unknown_field", message=message)
        elif known[name] is not None:
            yield from unknown_fields(value, known[name], path=f"{path}{name}.")


def no_text(values: object, *, path: str = "") -> Iterator[Problem]:
    """A problem for each text, at any depth, that is half a character (a lone surrogate), which nothing can keep."""
    if isinstance(values, str) and any("\ud800" <= letter <= "\udfff" for letter in values):
        yield Problem(field=path, code="malformed_text", message="contains half a character; send valid Unicode")
    elif isinstance(values, list):
        for place, value in enumerate(values):
            yield from no_text(value, path=f"{path}[{place}]")
    elif isinstance(values, dict):
        for name, value in values.items():
            yield from no_text(value, path=f"{path}.{name}".lstrip("."))


def _fields(kind: type) -> dict[str, type | None]:
    """The fields of a record, each with the record it holds, if it holds one."""
    return {name: _record_in(hint) for name, hint in get_type_hints(kind).items()}


def _record_in(hint: object) -> type | None:
    if isinstance(hint, type) and is_dataclass(hint):
        return hint
    return next((found for part in get_args(hint) if (found := _record_in(part)) is not None), None)


def invalid(error: ValidationError) -> InvalidRecord:
    """The validation error in our words: one problem for each field, with its place in the record."""
    return InvalidRecord.of(*(problem for item in error.errors() for problem in located(item["loc"], item)))


def located(place: tuple[int | str, ...], item: ErrorDetails) -> Iterator[Problem]:
    """The problems of one item of a validation error; those that a record found itself keep their own codes."""
    path = ".".join(str(part) for part in place)
    cause = item.get("ctx", {}).get("error")
    if isinstance(cause, InvalidRecord):
        for problem in cause.problems:
            yield Problem(field=f"{path}.{problem.field}".strip("."), code=problem.code, message=problem.message)
    else:
        yield Problem(field=path, code=item["type"], message=_in_words(item))


def _in_words(item: ErrorDetails) -> str:
    """What is off, said to somebody who filled in a form; for what has no words of ours, those of the validator."""
    kind = item["type"]
    if kind in {"enum", "literal_error"}:
        return f"{item['input']!r} is none of {item['ctx']['expected'].replace(' or ', ', ')}"
    known = next((words for start, words in WORDS.items() if kind.startswith(start)), "")
    return known.format(value=str(item["input"])[:SHOWN]) or item["msg"]
