from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import UsageError
from evals.importing.beir import import_beir
from evals.importing.promptfoo import import_promptfoo
from evals.questions import load_questions

CORPUS = (
    {"_id": "d/1", "title": "Fees", "text": "The fee is 5 %."},
    {"_id": "d 1", "title": "", "text": "Due after 30 days."},
)
QUERIES = ({"_id": "q1", "text": "What is the fee?"}, {"_id": "q2", "text": "Not judged"})
PROMPTFOO = """
prompts: ['{{question}}']
tests:
  - vars: {question: 'What is the fee?'}
    assert:
      - {type: icontains, value: 5 %}
      - {type: contains-any, value: [yearly, annual]}
      - {type: llm-rubric, value: polite}
  - vars: {question: 'Who is the CEO?'}
    assert: [{type: is-refusal}]
  - vars: {question: 'Be nice'}
    assert: [{type: llm-rubric, value: nice}]
  - vars: {topic: fees}
    assert: [{type: contains, value: x}]
  - vars: {question: 'When is it due?', when: 30 Days}
    assert:
      - {type: contains-all, value: ['{{ when }}', invoice]}
      - {type: contains, value: '{{ context.reply }}'}
defaultTest:
  assert: [{type: latency, threshold: 500}]
"""


def beir(folder: Path, *, qrels: str) -> Path:
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, CORPUS)), encoding="utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, QUERIES)), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_judged_queries_of_a_beir_folder_become_questions_over_its_texts(tmp_path: Path) -> None:
    source = beir(tmp_path / "beir", qrels="query-id\tcorpus-id\tscore\nq1\td/1\t1\nq1\td 1\t0\n")
    said = import_beir(source, tmp_path / "out")
    (case,) = load_questions(tmp_path / "out" / "questions.jsonl")
    assert (case.id, case.question, case.answerable) == ("q1", "What is the fee?", True)
    (gold,) = case.gold
    assert gold.quote in (tmp_path / "out" / "corpus" / gold.doc).read_text(encoding="utf-8")
    assert len(list((tmp_path / "out" / "corpus").iterdir())) == 2, "names that read alike stay two files"
    assert said[0].startswith("1 questions")


def test_a_judgement_of_nothing_and_a_folder_that_is_no_set_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither document nor query"):
        import_beir(beir(tmp_path / "a", qrels="q1\tlost\t1\n"), tmp_path / "out")
    with pytest.raises(UsageError, match="cannot be read as a BEIR folder"):
        import_beir(tmp_path / "nothing", tmp_path / "out")
    with pytest.raises(UsageError, match="no questions"):
        import_beir(beir(tmp_path / "b", qrels=""), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_set_is_never_written_over(tmp_path: Path) -> None:
    source = beir(tmp_path / "beir", qrels="q1\td/1\t1\n")
    import_beir(source, tmp_path / "out")
    with pytest.raises(UsageError, match="holds a set already"):
        import_beir(source, tmp_path / "out")


def test_what_a_promptfoo_test_checks_by_words_is_taken_over_and_the_rest_is_said(tmp_path: Path) -> None:
    source = tmp_path / "promptfooconfig.yaml"
    source.write_text(PROMPTFOO, encoding="utf-8")
    said = import_promptfoo(source, tmp_path / "out")
    fee, ceo, due = load_questions(tmp_path / "out" / "questions.jsonl")
    assert fee.facts == (("5 %",), ("yearly", "annual"))
    assert not ceo.answerable
    assert due.facts == (("30 days",), ("invoice",)), "variables are put in; what nobody can fill in is no fact"
    assert said[1:] == [
        "defaultTest: latency not taken over",
        "test 1: llm-rubric not taken over",
        "test 3: left out, only ['llm-rubric'] to check",
        "test 4: left out, no question",
        "test 5: contains not taken over",
    ]
    source.write_text("tests: file://tests.csv", encoding="utf-8")
    with pytest.raises(UsageError, match="promptfoo"):
        import_promptfoo(source, tmp_path / "other")
