from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assistant.errors import UsageError
from evals.follow_ups import FollowUp, load_follow_ups
from evals.hygiene import check, check_canaries, check_datasets, main, normalised, require_clean, require_own_words
from evals.questions import QuestionLine

POLICY = "Approved registrations are protected for 90 days and can be extended once by 60 days."
MANUAL = "承認から30日以内に、お客様との初回打ち合わせを記録してください。"


def line(question: str, *, split: str = "dev", canary: str = "liaison-canary 1") -> QuestionLine:
    return QuestionLine.model_validate({"id": "q", "question": question, "split": split, "canary": canary})


def rules(question: str) -> list[str]:
    return [violation.rule for violation in check([line(question)], {"policy.md": POLICY, "manual.md": MANUAL})]


def test_a_question_in_words_of_its_own_is_clean() -> None:
    assert rules("how long is my deal safe once it went through, and can I get more days?") == []


def test_eight_words_in_a_row_are_a_copy_and_seven_are_not() -> None:
    assert rules("are they protected for 90 days and can be what?") == []
    assert rules("is it true that they are protected for 90 days and can be what?") == ["overlap"]


def test_case_punctuation_and_width_hide_no_copy() -> None:
    assert rules("REGISTRATIONS, are protected: for \uff19\uff10 days; and can?") == ["overlap"]


def test_writing_without_blanks_is_compared_by_characters() -> None:
    assert rules("初回打ち合わせは何日以内?") == []
    assert rules("お客様との初回打ち合わせは?") == ["overlap"]


def test_a_violation_names_the_case_the_document_and_the_words() -> None:
    (violation,) = check([line("x " + POLICY)], {"policy.md": POLICY})
    assert (violation.case_id, violation.rule) == ("q", "overlap")
    assert violation.found == "policy.md: approved registrations are protected for 90 days and"


def test_a_line_without_split_or_canary_is_reported() -> None:
    assert [v.rule for v in check([line("?", split="", canary="")], {})] == ["split", "canary"]


@given(st.text(alphabet="abc \u6848\u4ef6\u3000", max_size=40))
def test_what_is_normalised_stays_as_it_is(text: str) -> None:
    assert normalised(" ".join(normalised(text))) == normalised(text)


def write(file: Path, *canaries: str) -> None:
    lines = ({"id": f"{file.stem}{n}", "question": "?", "split": "dev", "canary": c} for n, c in enumerate(canaries))
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def test_a_file_has_one_canary_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", "1", "1")
    write(tmp_path / "b.jsonl", "2")
    assert check_canaries(tmp_path) == []
    write(tmp_path / "b.jsonl", "1", "2")
    assert [v.found for v in check_canaries(tmp_path)] == ["2 in one file", "the one of a.jsonl"]


def test_every_golden_file_of_ours_says_its_split_under_a_canary_of_its_own(tmp_path: Path) -> None:
    assert check_datasets() == []
    (tmp_path / "a.jsonl").write_text('{"canary": "1"}\n{"split": "dev", "canary": "1"}\n', "utf-8")
    (tmp_path / "b.jsonl").write_text('{"split": "test", "canary": "1"}\n', "utf-8")
    assert [(v.case_id, v.rule) for v in check_datasets(tmp_path)] == [("a.jsonl:1", "split"), ("b.jsonl", "canary")]
    with pytest.raises(ValidationError):
        FollowUp.model_validate(load_follow_ups()[0].model_dump(by_alias=True) | {"split": "train"})


def test_a_follow_up_that_copies_the_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.md").write_text(f"# Policy\n\n{POLICY}\n", encoding="utf-8")
    require_own_words({"f-1": ("How long?", "And then?")}, tmp_path, of=tmp_path)
    with pytest.raises(UsageError, match=r"first f-1: overlap: policy\.md"):
        require_own_words({"f-1": ("How long?", POLICY)}, tmp_path, of=tmp_path)


def test_the_command_says_what_is_wrong_and_ends_accordingly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, questions = tmp_path / "corpus", tmp_path / "q.jsonl"
    corpus.mkdir()
    (corpus / "policy.md").write_text(f"# Policy\n\n{POLICY}\n", encoding="utf-8")
    options = ["--questions", str(questions), "--corpus", str(corpus)]
    write(questions, "1")
    assert main(options) == 0
    questions.write_text(json.dumps({"id": "copy", "question": POLICY, "split": "dev", "canary": "1"}), "utf-8")
    assert main(options) == 1
    assert "copy: overlap: policy.md" in capsys.readouterr().out
    with pytest.raises(UsageError, match=r"breaks 1 rules of hygiene, first copy: overlap: policy\.md"):
        require_clean(questions, corpus)
    questions.write_text("{", encoding="utf-8")
    assert main(options) == 3
