from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import UsageError
from evals.questions import load_english_wordings, load_questions


def write(folder: Path, *lines: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n", encoding="utf-8")
    return path


def test_only_the_question_is_required(tmp_path: Path) -> None:
    (case,) = load_questions(write(tmp_path, {"question": "Wie lange?"}))
    assert (case.id, case.language, case.kind, case.answerable) == ("line-1", "und", "unanswerable", False)


def test_a_case_is_reported_whole_by_language_and_by_kind(tmp_path: Path) -> None:
    line = {"id": 7, "lang": "de", "kind": "howto", "question": "Wie?", "gold": [{"doc": "a.md", "quote": "So."}]}
    (case,) = load_questions(write(tmp_path, line))
    assert case.id == "7"
    assert case.slices == ("all", "lang:de", "kind:howto")


def test_facts_are_split_into_alternatives_and_nulls_are_empty(tmp_path: Path) -> None:
    line = {"question": "?", "gold": None, "facts": ["30 days|one month", "utc"], "as": "partner:acme"}
    (case,) = load_questions(write(tmp_path, line))
    assert case.facts == (("30 days", "one month"), ("utc",))
    assert case.asked_as == "partner:acme"


def test_unknown_keys_blank_lines_and_line_separators_in_text_are_no_trouble(tmp_path: Path) -> None:
    path = write(tmp_path, {"question": "a\u2028b", "note": "mine"})
    path.write_text("\ufeff\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert [case.question for case in load_questions(path)] == ["a\u2028b"]


def test_what_a_question_is_about_is_reported_and_what_it_lacks_decides_how_it_is_judged(tmp_path: Path) -> None:
    gold = [{"doc": "a.md", "quote": "So."}, {"doc": "b.md", "quote": "And so."}]
    lines = [
        {"id": "hop", "kind": "multi-hop", "question": "?", "gold": gold},
        {"id": "restricted", "kind": "tier-restricted", "question": "?"},
    ]
    hop, restricted = load_questions(write(tmp_path, *lines))
    assert (hop.every_gold, "kind:multi-hop" in hop.slices) == (True, True)
    assert (restricted.kind, "kind:tier-restricted" in restricted.slices) == ("unanswerable", True)


def test_a_split_is_a_slice_and_no_other_than_dev_and_test_is_read(tmp_path: Path) -> None:
    (case,) = load_questions(write(tmp_path, {"question": "?", "split": "dev", "canary": "c 1"}))
    assert case.slices[-1] == "split:dev"
    with pytest.raises(UsageError, match="split"):
        load_questions(write(tmp_path, {"question": "?", "split": "train"}))


def test_a_folder_is_read_file_by_file_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"id": name, "question": "?"}), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no question", encoding="utf-8")
    assert [case.id for case in load_questions(tmp_path)] == ["a", "b"]
    (tmp_path / "c.jsonl").write_text('{"id": "a", "question": "!"}', encoding="utf-8")
    with pytest.raises(UsageError, match=r"c\.jsonl:1: the id 'a' is used twice"):
        load_questions(tmp_path)


def test_a_folder_without_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no \.jsonl or \.yaml file"):
        load_questions(tmp_path)


@pytest.mark.parametrize(
    "line", ["{", '{"lang": "de"}', '{"question": ""}', '{"question": "?", "gold": [{"doc": "a"}]}']
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "fine"}\n' + line, encoding="utf-8")
    with pytest.raises(UsageError, match=r"questions\.jsonl:2: "):
        load_questions(path)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="used twice"):
        load_questions(write(tmp_path, {"id": "a", "question": "?"}, {"id": "a", "question": "!"}))


def test_one_yaml_file_adds_cases_beside_those_in_json(tmp_path: Path) -> None:
    write(tmp_path, {"id": "a", "question": "?"})
    (tmp_path / "zz.yaml").write_text(
        "- id: fee\n  question: What is the fee?\n  lang: en\n  as: partner:acme\n  facts: [5 %, 30]\n"
        "  gold:\n    - doc: fees.md\n      quote: |-\n        The fee\n        is 5 %.\n"
        "- question: Who is the CEO?\n  kind: unanswerable\n",
        encoding="utf-8",
    )
    _, fee, ceo = load_questions(tmp_path)
    assert (fee.id, fee.asked_as, fee.facts) == ("fee", "partner:acme", (("5 %",), ("30",)))
    assert fee.gold[0].quote == "The fee\nis 5 %."
    assert (ceo.id, ceo.kind) == ("line-2", "unanswerable")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("- question: fine\n- lang: de\n", r"mine\.yaml: question 2: question"),
        ("question: alone\n", r"mine\.yaml: the line: Input should be a valid list"),
        ("- question: [unclosed\n", r"mine\.yaml: while parsing"),
    ],
)
def test_a_yaml_file_that_cannot_be_read_says_where(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=where):
        load_questions(path)


def test_the_english_wording_of_a_question_is_a_case_of_its_own_beside_it(tmp_path: Path) -> None:
    gold = [{"doc": "a.md", "quote": "So."}]
    worded = {"id": "x", "lang": "de", "question": "Wie?", "question_en": "How?", "gold": gold}
    path = write(tmp_path, worded, {"id": "y", "lang": "de", "question": "Wo?"})
    assert [case.question for case in load_questions(path)] == ["Wie?", "Wo?"]
    (english,) = load_english_wordings(path)
    assert (english.question, english.slices) == ("How?", ("english:all", "english:de"))
    assert english.gold == load_questions(path)[0].gold
