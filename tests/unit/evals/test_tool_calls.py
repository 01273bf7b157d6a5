from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from assistant.errors import UsageError
from evals.importing.bfcl import bfcl_cases, import_bfcl
from evals.tool_calls import ExpectedCall, Function, MadeCall, ToolCase, faults, load_tool_cases
from evals.tool_mutants import MUST, OURS, judged, mutants, true_call, wrong_types

DEAL = ExpectedCall(name="register", arguments={"customer": ["Orrin"], "amount": [5000], "rush": ["", True]})


def made(**arguments: JsonValue) -> MadeCall:
    return MadeCall(name="register", arguments={"customer": "Orrin", "amount": 5000, **arguments})


def kinds(*calls: MadeCall, expected: tuple[ExpectedCall, ...] = (DEAL,), ordered: bool = False) -> set[str]:
    return {fault.kind for fault in faults(expected, calls, ordered=ordered)}


@pytest.mark.parametrize(
    "call",
    [made(), made(amount=5000.0), made(customer=" orrin "), made(rush=True)],
    ids=["plain", "5.0", "case", "rush"],
)
def test_a_right_call_has_no_fault_however_it_is_written(call: MadeCall) -> None:
    assert kinds(call) == set()


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (made(discount=90), "invented_argument"),
        (made(amount="5000"), "wrong_type"),
        (made(amount=True), "wrong_type"),
        (made(rush=1), "wrong_type"),
        (made(amount=500), "wrong_value"),
        (made(customer="Orrin & Co"), "wrong_value"),
        (MadeCall(name="register", arguments={"customer": "Orrin"}), "missing_argument"),
        (MadeCall(name="withdraw", arguments={}), "wrong_tool"),
    ],
)
def test_each_fault_is_named(call: MadeCall, kind: str) -> None:
    assert kinds(call) == {kind}


def test_one_is_not_true_and_a_decimal_point_counts() -> None:
    flag = ExpectedCall(name="set", arguments={"on": [1], "rate": ["10.5"]})
    assert kinds(MadeCall(name="set", arguments={"on": True, "rate": "10.5"}), expected=(flag,)) == {"wrong_type"}
    assert kinds(MadeCall(name="set", arguments={"on": 1, "rate": "105"}), expected=(flag,)) == {"wrong_value"}


def test_calls_are_paired_whatever_their_order_unless_it_matters() -> None:
    first, second = (ExpectedCall(name="read", arguments={"id": [number]}) for number in (1, 2))
    calls = [MadeCall(name="read", arguments={"id": number}) for number in (2, 1)]
    assert kinds(*calls, expected=(first, second)) == set()
    assert kinds(*calls, expected=(first, second), ordered=True) == {"wrong_value"}
    assert kinds(*calls, calls[0], expected=(first, second)) == {"call_too_many"}
    assert kinds(calls[0], expected=(first, second)) == {"missing_call"}
    assert kinds(calls[0], expected=()) == {"call_too_many"}


def test_a_call_that_two_accept_goes_where_all_find_a_place() -> None:
    wide = ExpectedCall(name="read", arguments={"id": [1, 2]})
    narrow = ExpectedCall(name="read", arguments={"id": [1]})
    calls = [MadeCall(name="read", arguments={"id": number}) for number in (1, 2)]
    assert kinds(*calls, expected=(wide, narrow)) == set()


def test_objects_are_judged_inside() -> None:
    drink = ExpectedCall(name="order", arguments={"drink": [{"size": ["large"], "milk": ["", "oat"]}]})

    def order(**inside: JsonValue) -> set[str]:
        return kinds(MadeCall(name="order", arguments={"drink": dict(inside)}), expected=(drink,))

    assert order(size="large") == order(size="large", milk="oat") == set()
    assert order(size="small") == order(size="large", sugar=2) == order() == {"wrong_value"}


def test_every_true_call_of_ours_passes_and_no_mutant_does() -> None:
    found = judged(load_tool_cases(OURS))
    assert found.let_through == []
    assert found.made["true"] == found.passed["true"] == 96
    assert all(found.made[kind] > 50 for kind in (*MUST, "missing argument", "wrong value", "duplicated call"))


def test_a_mutant_of_a_type_is_of_no_type_that_is_accepted() -> None:
    assert {type(value) for value in wrong_types(5, [5, "5"], None)} == {bool, list, dict, type(None)}
    case = ToolCase(id="1", question="?", expected=[DEAL], functions=[Function(name="register", parameters={})])
    tried = {mutant.kind for mutant in mutants(case, (true_call(DEAL),))}
    assert {"invented argument", "wrong type", "wrong value", "missing argument", "duplicated call"} <= tried


@pytest.fixture
def bfcl(tmp_path: Path) -> Path:
    asked = {
        "id": "simple_0",
        "question": [[{"role": "user", "content": "Area of 10 by 5?"}]],
        "function": [
            {
                "name": "area",
                "description": "Area.",
                "parameters": {"type": "dict", "properties": {"base": {"type": "float"}, "any": {"type": "any"}}},
            }
        ],
    }
    answer = {"id": "simple_0", "ground_truth": [{"area": {"base": [10], "unit": ["cm", ""], "tags": []}}]}
    path = tmp_path / "BFCL_v4_simple_python.json"
    path.write_text(json.dumps(asked) + "\n", encoding="utf-8")
    (tmp_path / "possible_answer").mkdir()
    (tmp_path / "possible_answer" / path.name).write_text(json.dumps(answer) + "\n", encoding="utf-8")
    return path


def test_a_bfcl_file_becomes_cases_that_can_be_read_again(bfcl: Path, tmp_path: Path) -> None:
    assert import_bfcl(bfcl, tmp_path / "out") == [f"1 cases in {tmp_path / 'out' / 'tool_calls.jsonl'}"]
    (case,) = load_tool_cases(tmp_path / "out" / "tool_calls.jsonl")
    assert case == bfcl_cases(bfcl)[0]
    assert (case.question, case.kind) == ("Area of 10 by 5?", "calls")
    assert case.functions[0].parameters["properties"] == {"base": {"type": "number"}, "any": {}}
    assert faults(case.expected, [MadeCall(name="area", arguments={"base": 10, "tags": []})]) == []
    with pytest.raises(UsageError, match="holds a set already"):
        import_bfcl(bfcl, tmp_path / "out")


def test_a_bfcl_file_without_answers_asks_for_no_call(bfcl: Path) -> None:
    (bfcl.parent / "possible_answer" / bfcl.name).unlink()
    (case,) = bfcl_cases(bfcl)
    assert (case.expected, case.kind) == ([], "no-call")


def test_what_is_no_bfcl_file_is_refused(tmp_path: Path, bfcl: Path) -> None:
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read as a BFCL file"):
        bfcl_cases(tmp_path / "x.json")
    (bfcl.parent / "possible_answer" / bfcl.name).write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="accepts nothing for simple_0"):
        bfcl_cases(bfcl)


def test_a_line_that_is_no_case_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "1"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="line 1"):
        load_tool_cases(path)
