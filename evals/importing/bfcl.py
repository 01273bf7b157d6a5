"""Files of the Berkeley Function Calling Leaderboard (v4): questions with tools, and beside them what is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from assistant.errors import UsageError
from evals.tool_calls import ExpectedCall, Function, ToolCase

ANSWERS = "possible_answer"  # the folder of the accepted calls; files without one ask for no call
TYPES = {"dict": "object", "float": "number", "tuple": "array"}  # their names of JSON's types
HINT = "Give a BFCL_v4_*.json file of single-turn Python calls or irrelevance, with possible_answer/ beside it."
M = TypeVar("M", bound=BaseModel)


class Message(BaseModel):
    """A message of a conversation."""

    model_config = ConfigDict(extra="ignore")

    role: str
    content: str


class Offered(BaseModel):
    """A tool."""

    model_config = ConfigDict(extra="ignore")

    name: str
    parameters: dict[str, JsonValue]


class Asked(BaseModel):
    """A line of a question file."""

    model_config = ConfigDict(extra="ignore")

    id: str
    question: list[list[Message]]
    function: list[Offered]


class Answer(BaseModel):
    """A line of an answer file: for each call its tool, with lists of accepted values."""

    model_config = ConfigDict(extra="ignore")

    id: str
    ground_truth: list[dict[str, dict[str, list[JsonValue]]]]


def import_bfcl(source: Path, out: Path) -> list[str]:
    """Write the cases of a BFCL file as tool_calls.jsonl; what was written.

    Raises UsageError for a file that is no such one, and for a folder that has a set already.
    """
    target = out / "tool_calls.jsonl"
    if target.exists():
        raise UsageError(f"{out} holds a set already.", hint="Give another folder, or remove it first.")
    cases = bfcl_cases(source)
    out.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(f"{case.model_dump_json(exclude_defaults=True)}\n" for case in cases), encoding="utf-8")
    return [f"{len(cases)} cases in {target}"]


def bfcl_cases(source: Path) -> list[ToolCase]:
    """The cases of a file. Raises UsageError for a file that is no such one."""
    beside = source.parent / ANSWERS / source.name
    try:
        asked = list(_lines(source, Asked))
        answers = {line.id: line for line in _lines(beside, Answer)} if beside.is_file() else {}
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise UsageError(f"{source} cannot be read as a BFCL file: {error}.", hint=HINT) from error
    missing = [line.id for line in asked if line.id not in answers] if beside.is_file() else []
    if missing:
        raise UsageError(f"{beside} accepts nothing for {missing[0]}.", hint=HINT)
    return [_case(line, answers.get(line.id)) for line in asked]


def _case(line: Asked, answer: Answer | None) -> ToolCase:
    calls = answer.ground_truth if answer else []
    said = [message.content for turn in line.question for message in turn if message.role == "user"]
    return ToolCase(
        id=line.id,
        question="\n".join(said),
        functions=[Function(name=each.name, parameters=_schema(each.parameters)) for each in line.function],
        expected=[ExpectedCall(name=name, arguments=_told(args)) for call in calls for name, args in call.items()],
        kind="calls" if calls else "no-call",
    )


def _told(accepted: dict[str, list[JsonValue]]) -> dict[str, list[JsonValue]]:
    """What is accepted; where two live cases list nothing for an array that is required, the empty one is meant."""
    return {name: values or [[]] for name, values in accepted.items()}


def _schema(told: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The parameters in JSON's names of types."""
    found: dict[str, JsonValue] = {}
    for name, value in told.items():
        if name == "type" and isinstance(value, str):
            found |= {} if value == "any" else {"type": TYPES.get(value, value)}
        elif name == "properties" and isinstance(value, dict):
            found[name] = {key: _schema(part) if isinstance(part, dict) else part for key, part in value.items()}
        else:
            found[name] = _schema(value) if name == "items" and isinstance(value, dict) else value
    return found


def _lines(path: Path, kind: type[M]) -> Iterator[M]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield kind.model_validate_json(line)
