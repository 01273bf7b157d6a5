"""Reading deals that somebody typed: JSON or YAML text to drafts and changes, with every problem named."""

from __future__ import annotations

from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.domain.deals import DealChange, DealDraft
from assistant.errors import InvalidRecord, Problem

T = TypeVar("T")


def read_draft(text: str) -> DealDraft:
    """The draft that a JSON or YAML text describes; raises InvalidRecord."""
    return _read(text, DealDraft)


def read_change(text: str) -> DealChange:
    """The change that a JSON or YAML text describes; raises InvalidRecord."""
    return _read(text, DealChange)


def invalid(error: ValidationError) -> InvalidRecord:
    """The validation error in our words, one problem for each field."""
    problems = (
        Problem(field=".".join(str(part) for part in item["loc"]), code=item["type"], message=item["msg"])
        for item in error.errors()
    )
    return InvalidRecord.of(*problems)


def _read(text: str, kind: type[T]) -> T:
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidRecord.of(Problem(field="", code="malformed", message=f"is no JSON or YAML: {error}")) from error
    known = set(getattr(kind, "__dataclass_fields__", {}))
    unknown = sorted(set(values) - known) if isinstance(values, dict) else []
    if unknown:
        message = f"is not a field; fields are {', '.join(sorted(known))}"
        raise InvalidRecord.of(*(Problem(field=str(name), code="unknown_field", message=message) for name in unknown))
    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as error:
        raise invalid(error) from error
