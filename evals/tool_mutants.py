"""What the tool scorer lets through: true calls of BFCL and of ours, and calls that were made wrong on purpose.

python -m evals.tool_mutants [FILE ...]

Files are those of `liaison eval import bfcl`; without one it takes our own set, the 2,351 single-turn Python
and live cases of BFCL v4, and its cases that ask for no call. Their wheel is fetched into a folder of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table

from evals.importing.bfcl import bfcl_cases
from evals.peers.environment import Environment
from evals.tool_calls import LEFT_OUT, ExpectedCall, Function, MadeCall, ToolCase, faults, json_type, load_tool_cases
from evals.workbench import ROOT

OURS = ROOT / "evals" / "datasets" / "tool_calls.jsonl"
HERE = Path(__file__).parent
BFCL = Environment(
    ROOT / ".venv-bfcl",
    requirements=HERE / "importing" / "bfcl.txt",
    constraints=HERE / "importing" / "bfcl.txt",
    about="the files of BFCL into .venv-bfcl (14 MB)",
    options=("--no-deps",),
)
PARTS = (
    "simple_python", "multiple", "parallel", "parallel_multiple",
    "live_simple", "live_multiple", "live_parallel", "live_parallel_multiple",
    "irrelevance", "live_irrelevance",
)  # fmt: skip
MUST = ("invented argument", "wrong type")  # every one of these must be rejected, and no true call
INVENTED: dict[str, JsonValue] = {"approve": True, "discount": 90, "note": "as agreed"}
OTHERS: dict[str, JsonValue] = {
    "string": "seven", "number": 7, "boolean": True, "array": ["seven"], "object": {"seven": 7}, "null": None,
}  # fmt: skip
console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Mutant:
    """Calls that are wrong in one way."""

    kind: str
    calls: tuple[MadeCall, ...]


@dataclass(slots=True)
class Found:
    """How many calls of each kind were made, and how many of them the scorer let through."""

    made: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    let_through: list[str] = field(default_factory=list)


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a true call was rejected, or a mutant that must not pass did."""
    options = argparse.ArgumentParser(prog="python -m evals.tool_mutants", description=__doc__)
    options.add_argument("files", nargs="*", type=Path)
    files = options.parse_args(words).files
    sets = {str(path): load_tool_cases(path) for path in files} or {"ours": load_tool_cases(OURS), "BFCL v4": _bfcl()}
    view = Table("cases", "kind", "made", "rejected", "share", title="Tool scorer", title_justify="left")
    bad = 0
    for name, cases in sets.items():
        found = judged(cases)
        for kind, made in found.made.items():
            rejected = made - found.passed[kind]
            view.add_row(f"{name} ({len(cases):,})", kind, f"{made:,}", f"{rejected:,}", f"{rejected / made:.4f}")
        bad += found.made["true"] - found.passed["true"] + sum(found.passed[kind] for kind in MUST)
        bad += not found.made["true"]
        for line in found.let_through[:20]:
            console.print(line, markup=False, soft_wrap=True)
    console.print(view)
    return int(bad > 0)


def _bfcl() -> list[ToolCase]:
    folder = next(BFCL.ready(console.print).parents[1].glob("lib/*/site-packages/bfcl_eval/data"))
    return [case for part in PARTS for case in bfcl_cases(folder / f"BFCL_v4_{part}.json")]


def judged(cases: Sequence[ToolCase]) -> Found:
    """What the scorer says of the true calls of the cases and of their mutants."""
    found = Found()
    for case in cases:
        true = tuple(true_call(expected) for expected in case.expected)
        for mutant in (Mutant("true", true), *mutants(case, true)):
            passed = not faults(case.expected, mutant.calls, ordered=case.ordered)
            found.made[mutant.kind] += 1
            found.passed[mutant.kind] += passed
            if passed is not (mutant.kind == "true"):
                told = json.dumps([call.model_dump() for call in mutant.calls], ensure_ascii=False)
                found.let_through.append(f"{case.id}: {mutant.kind}: {told}")
    return found


def true_call(expected: ExpectedCall) -> MadeCall:
    """A call with the first value that is accepted of each argument; what may be left out is left out."""
    return MadeCall(name=expected.name, arguments=_chosen(expected.arguments))


def _chosen(accepted: dict[str, list[JsonValue]]) -> dict[str, JsonValue]:
    told = {name: [each for each in values if each != LEFT_OUT] for name, values in accepted.items()}
    return {name: _plain(values[0]) for name, values in told.items() if values}


def _plain(accepted: JsonValue) -> JsonValue:
    """An accepted value as a model would send it: of the lists inside objects one value each."""
    if isinstance(accepted, dict):
        return _chosen({name: each if isinstance(each, list) else [each] for name, each in accepted.items()})
    return [_plain(each) for each in accepted] if isinstance(accepted, list) else accepted


def mutants(case: ToolCase, true: tuple[MadeCall, ...]) -> Iterator[Mutant]:
    """The calls of a case, each time wrong in one way. None of them is judged by the scorer's own rules."""
    if not true:
        yield from (Mutant("call not asked for", (MadeCall(name=each.name),)) for each in case.functions)
        return
    for place, (call, expected) in enumerate(zip(true, case.expected, strict=True)):
        schema = _schema(case.functions, call.name)
        for kind, changed in _changed(call, expected, schema):
            yield Mutant(kind, (*true[:place], changed, *true[place + 1 :]))
        yield Mutant("duplicated call", (*true, call))
        yield Mutant("call left out", (*true[:place], *true[place + 1 :]))
        others = [each.name for each in case.functions if each.name != call.name] or [f"{call.name}_now"]
        yield Mutant("wrong tool", (*true[:place], call.model_copy(update={"name": others[0]}), *true[place + 1 :]))
    if case.ordered and len({call.model_dump_json() for call in true}) > 1:
        yield Mutant("wrong order", true[::-1])


def _changed(call: MadeCall, expected: ExpectedCall, schema: dict[str, JsonValue]) -> Iterator[tuple[str, MadeCall]]:
    def put(name: str, value: JsonValue) -> MadeCall:
        return MadeCall(name=call.name, arguments={**call.arguments, name: value})

    for name, invented in INVENTED.items():
        if name not in schema and name not in expected.arguments:
            yield "invented argument", put(name, invented)
    for name, value in call.arguments.items():
        accepted = expected.arguments[name]
        if LEFT_OUT not in accepted:
            left = {key: each for key, each in call.arguments.items() if key != name}
            yield "missing argument", MadeCall(name=call.name, arguments=left)
        for other in wrong_types(value, accepted, schema.get(name)):
            yield "wrong type", put(name, other)
        for other in wrong_values(value):
            if other not in accepted:
                yield "wrong value", put(name, other)
        if isinstance(value, dict):
            yield "invented argument", put(name, {**value, "approve_anyway": True})


def wrong_types(value: JsonValue, accepted: Sequence[JsonValue], schema: JsonValue) -> Iterator[JsonValue]:
    """Values of every JSON type that neither the schema names nor an accepted value has, and the value in disguise."""
    known = {json_type(each) for each in accepted if each != LEFT_OUT}
    told = schema.get("type") if isinstance(schema, dict) else None
    known |= {{"integer": "number"}.get(told, told)} if isinstance(told, str) else set()
    for name, other in OTHERS.items():
        if name not in known:
            yield other
    if isinstance(value, bool):
        disguised: tuple[JsonValue, ...] = (int(value), str(value).lower())
        yield from (each for each in disguised if json_type(each) not in known)
    elif isinstance(value, int | float) and "string" not in known:
        yield str(value)
    if "array" not in known:
        yield [value]
    if isinstance(value, list) and value and len(accepted) == 1:
        yield [*value[:-1], [value[-1]]]  # one element is of another type


def wrong_values(value: JsonValue) -> Iterator[JsonValue]:
    """Values of the same type that are not this one."""
    match value:
        case bool():
            yield not value
        case int() | float():
            yield from (value + 1, -value - 3, value * 10 + 7)
        case str():
            yield from (f"{value} x7q", "x7q")
        case list():
            yield [*value, *(value[:1] or ["x7q"])]
        case dict() if value:
            name, part = next(iter(value.items()))
            yield from ({**value, name: other} for other in wrong_values(part))
        case _:
            return


def _schema(functions: Sequence[Function], name: str) -> dict[str, JsonValue]:
    found = next((each.parameters.get("properties") for each in functions if each.name == name), None)
    return found if isinstance(found, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
