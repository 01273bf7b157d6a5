"""Whether tool calls are the expected ones: the tool, every argument by JSON type and value, and nothing besides.

What is accepted is written as BFCL writes it (https://gorilla.cs.berkeley.edu/leaderboard.html): a list of values for
each argument, an empty string among them where it may be left out, and objects with such lists inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import regex
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from assistant.errors import UsageError

LEFT_OUT = ""
# Signs and white space count only between digits: "10.5" is not "105", but "New York, NY" is "new york ny".
SIGNS = regex.compile(r"(?<!\d)[\s,./\-_*^'\"’]+|[\s,./\-_*^'\"’]+(?!\d)")


class Line(BaseModel):
    """A part of a line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Function(Line):
    """A tool that is offered, its parameters as JSON Schema."""

    name: str
    parameters: dict[str, JsonValue]


class ExpectedCall(Line):
    """A call that must be made, with the values that are accepted of each argument."""

    name: str
    arguments: dict[str, list[JsonValue]] = {}


class MadeCall(Line):
    """A call as a model made it."""

    name: str
    arguments: dict[str, JsonValue] = {}


class ToolCase(Line):
    """A request, the tools that are offered, and the calls it asks for; none where it asks for none.

    `who` is who asks, as in `liaison ask --as`. `ordered` says that the calls depend on each other. `functions` may be
    left out where the tools are those of the assistant that is evaluated.
    """

    id: str
    question: str
    expected: list[ExpectedCall]
    functions: list[Function] = []
    lang: str = "en"
    who: str = ""
    kind: str = "calls"
    ordered: bool = False
    split: Literal["", "dev", "test"] = ""
    canary: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with some calls."""

    kind: str
    tool: str
    argument: str = ""


def load_tool_cases(path: Path) -> list[ToolCase]:
    """The cases of a JSONL file. Raises UsageError that names the line that cannot be read."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", hint="Give a JSONL file of tool calls.") from error
    for number, line in enumerate(lines, start=1):
        try:
            found += [ToolCase.model_validate_json(line)] if line.strip() else []
        except ValidationError as error:
            raise UsageError(f"{path}, line {number}: {error}.", hint="See docs/evaluation.md, Tool calls.") from error
    return found


def faults(expected: Sequence[ExpectedCall], made: Sequence[MadeCall], *, ordered: bool = False) -> list[Fault]:
    """Everything that is wrong with the calls; nothing when they are the expected ones."""
    pairs = {place: place for place in range(len(made))} if ordered else _paired(expected, made)
    wrong = [place for place in range(len(made)) if not _right(expected, made, pairs.get(place), place)]
    left = [place for place in range(len(expected)) if place not in {pairs[p] for p in pairs if p not in wrong}]
    found: list[Fault] = []
    for place in wrong:
        call = made[place]
        other = next((spot for spot in left if expected[spot].name == call.name), None)
        if other is not None:
            left.remove(other)
            told = list(argument_faults(expected[other], call))
            found += told or [Fault("wrong_order", call.name)]
        else:
            found.append(Fault("wrong_tool" if left else "call_too_many", call.name))
    return found + [Fault("missing_call", expected[spot].name) for spot in left if len(made) < len(expected)]


def argument_faults(expected: ExpectedCall, call: MadeCall) -> Iterator[Fault]:
    """What is wrong with the arguments of a call of the right tool."""
    for name, value in call.arguments.items():
        if name not in expected.arguments:
            yield Fault("invented_argument", call.name, name)
        elif not accepts(expected.arguments[name], value):
            kinds = {json_type(each) for each in expected.arguments[name]}
            yield Fault("wrong_value" if json_type(value) in kinds else "wrong_type", call.name, name)
    for name, accepted in expected.arguments.items():
        if name not in call.arguments and LEFT_OUT not in accepted:
            yield Fault("missing_argument", call.name, name)


def accepts(accepted: Sequence[JsonValue], value: JsonValue) -> bool:
    """Whether a value is one of those that are accepted, of the same JSON type."""
    return any(_same(each, value) for each in accepted)


def json_type(value: JsonValue) -> str:
    """The JSON type of a value; 5 and 5.0 are both numbers, true is none."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    names = ((str, "string"), (list, "array"), (Mapping, "object"))
    return next((name for kind, name in names if isinstance(value, kind)), "null")


def _same(wanted: JsonValue, value: JsonValue) -> bool:
    if json_type(wanted) != json_type(value):
        return False
    if isinstance(wanted, str) and isinstance(value, str):
        return _plain(wanted) == _plain(value)
    if isinstance(wanted, list) and isinstance(value, list):
        return len(wanted) == len(value) and all(map(_same, wanted, value))
    if isinstance(wanted, dict) and isinstance(value, dict):
        return _same_object(wanted, value)
    return wanted == value


def _same_object(wanted: Mapping[str, JsonValue], value: Mapping[str, JsonValue]) -> bool:
    accepted = {name: each if isinstance(each, list) else [each] for name, each in wanted.items()}
    if not value.keys() <= accepted.keys():
        return False
    return all(accepts(each, value[name]) if name in value else LEFT_OUT in each for name, each in accepted.items())


def _plain(text: str) -> str:
    return str(SIGNS.sub("", normalize("NFKC", text).casefold()))


def _right(expected: Sequence[ExpectedCall], made: Sequence[MadeCall], spot: int | None, place: int) -> bool:
    return spot is not None and spot < len(expected) and _is(expected[spot], made[place])


def _is(expected: ExpectedCall, call: MadeCall) -> bool:
    return expected.name == call.name and next(argument_faults(expected, call), None) is None


def _paired(expected: Sequence[ExpectedCall], made: Sequence[MadeCall]) -> dict[int, int]:
    """The largest assignment of made calls to expected ones that they satisfy (augmenting paths)."""
    taken: dict[int, int] = {}

    def placed(place: int, tried: set[int]) -> bool:
        for spot, wanted in enumerate(expected):
            if spot in tried or not _is(wanted, made[place]):
                continue
            tried.add(spot)
            if spot not in taken or placed(taken[spot], tried):
                taken[spot] = place
                return True
        return False

    for place in range(len(made)):
        placed(place, set())
    return {place: spot for spot, place in taken.items()}
