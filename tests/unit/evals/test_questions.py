from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import UsageError
from evals.questions import load_questions


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
