from __future__ import annotations

import inspect
import pkgutil
from dataclasses import replace
from math import inf, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.answer import AnswerStatus
from evals import metrics
from evals.budget import minilm_tokenizer, within_budget
from evals.case import Case, GoldSpan, Observation, SeenSentence
from evals.metrics import METRICS
from evals.metrics.metric import Metric
from tests.unit.evals.examples import BOTH, FEE, NONE, ONE, TERM, cited, found, said

RIGHT = said("The fee is 5 %.", cited(f"Note. {FEE.quote} See also.", quote=FEE.quote, source=FEE.quote))
# Metric, a case, what is perfect for it and what is worst; nothing at all must never score better than worst.
EXTREMES = [
    ("quote_recall_1500", ONE, found(("fees.md", f"Note. {FEE.quote}")), found(("fees.md", "The fee is 6 %."))),
    ("doc_recall_5", ONE, found(("a.md", ""), ("fees.md", "")), found(("a.md", ""))),
    ("recall_1", ONE, found(("fees.md", "")), found(("a.md", ""), ("fees.md", ""))),
    ("recall_5", BOTH, found(("fees.md", ""), ("terms.md", "")), found(("fees.md", ""))),
    ("recall_10", ONE, found(("terms.md", "")), found()),
    ("ndcg_10", ONE, found(("fees.md", ""), ("fees.md", ""), ("terms.md", "")), found(("a.md", ""))),
    ("citation_hit", ONE, RIGHT, said("five", cited("Something else."))),
    ("fact_recall", ONE, RIGHT, said("The fee is high.")),
    ("answered_answerable", ONE, RIGHT, said(status=AnswerStatus.DECLINED)),
    ("citation_precision", ONE, RIGHT, said("The fee.", cited("The fee.", source="Another line."))),
    ("wrong_source_avoided", replace(ONE, wrong_docs=("old.md",)), RIGHT, said("x", cited("x", doc="old.md"))),
]


@pytest.mark.parametrize(("name", "case", "perfect", "worst"), EXTREMES, ids=lambda value: str(value)[:24])
def test_a_metric_has_a_perfect_a_worst_and_an_empty_case(
    name: str, case: Case, perfect: Observation, worst: Observation
) -> None:
    metric = METRICS[name]
    assert metric.applies(case)
    assert metric.score(case, perfect) == 1.0
    assert metric.score(case, worst) == 0.0
    assert metric.score(case, Observation(case_id=case.id)) == 0.0


def test_declining_is_right_only_where_there_is_no_answer() -> None:
    metric = METRICS["declined_unanswerable"]
    assert metric.applies(NONE)
    assert not metric.applies(ONE)
    assert metric.score(NONE, said(status=AnswerStatus.DECLINED)) == 1.0
    assert metric.score(NONE, said(status=AnswerStatus.CLARIFY)) == 0.0
    assert metric.score(NONE, RIGHT) == 0.0
    assert metric.score(NONE, Observation(case_id="none")) == 0.0


def test_isolation_fails_when_one_forbidden_document_is_shown() -> None:
    metric = METRICS["audience_isolation"]
    assert metric.score(ONE, Observation(case_id="one")) == 1.0
    assert metric.score(ONE, Observation(case_id="one", forbidden=("secret.md",))) == 0.0


@pytest.mark.parametrize(("name", "value"), [("ask_p50_ms", 1_500.0), ("embed_p50_ms", 1_500.0), ("cold_start_s", 1.5)])
def test_a_duration_is_in_the_unit_of_its_name_and_endless_when_unmeasured(name: str, value: float) -> None:
    metric = METRICS[name]
    assert metric.applies(replace(ONE, kind=name))
    assert not metric.applies(ONE)
    assert metric.score(ONE, Observation(case_id="one", milliseconds=1_500.0)) == value
    assert metric.score(ONE, Observation(case_id="one")) == inf


def test_a_multi_section_question_needs_every_gold_quote_and_any_other_needs_one() -> None:
    one_quote = found(("fees.md", FEE.quote))
    two_quotes = found(("fees.md", FEE.quote), ("terms.md", TERM.quote))
    recall = METRICS["quote_recall_1500"].score
    assert (recall(ONE, one_quote), recall(BOTH, one_quote), recall(BOTH, two_quotes)) == (1.0, 0.0, 1.0)


def test_a_quote_matches_up_to_white_space_and_nothing_else() -> None:
    recall = METRICS["quote_recall_1500"].score
    assert recall(ONE, found(("fees.md", "The\n  fee\tis 5 %."))) == 1.0
    assert recall(ONE, found(("fees.md", "the fee is 5 %."))) == 0.0
    assert recall(ONE, found(("fees.md", "The fee is 5%."))) == 0.0


def test_a_quote_split_between_two_passages_is_not_found() -> None:
    assert METRICS["quote_recall_1500"].score(ONE, found(("fees.md", "The fee"), ("fees.md", "is 5 %."))) == 0.0


def test_a_quote_beyond_1500_tokens_is_not_found() -> None:
    recall = METRICS["quote_recall_1500"].score
    assert recall(ONE, found(("a.md", "word " * 1_480), ("fees.md", FEE.quote))) == 1.0
    assert recall(ONE, found(("a.md", "word " * 1_498), ("fees.md", FEE.quote))) == 0.0
    assert recall(ONE, found(("fees.md", "word " * 1_498 + FEE.quote))) == 0.0


def test_ndcg_discounts_by_the_rank_of_a_documents_first_passage() -> None:
    seen = found(("a.md", ""), ("a.md", ""), ("fees.md", ""))
    only_fees = replace(ONE, gold=(FEE,))
    assert METRICS["ndcg_10"].score(only_fees, seen) == pytest.approx(1 / log2(3))
    assert METRICS["ndcg_10"].score(ONE, seen) == pytest.approx((1 / log2(3)) / (1 + 1 / log2(3)))


def test_ndcg_ignores_what_comes_after_the_tenth_document() -> None:
    seen = found(*[(f"{n}.md", "") for n in range(10)], ("fees.md", ""))
    assert METRICS["ndcg_10"].score(ONE, seen) == 0.0


def test_facts_match_in_any_case_and_one_alternative_of_each_is_enough() -> None:
    case = replace(ONE, facts=(("30 days", "one month"), ("utc",)))
    recall = METRICS["fact_recall"].score
    assert recall(case, said("Within ONE\nMonth, UTC.")) == 1.0
    assert recall(case, said("Within one month.")) == 0.0
    assert recall(case, said("30 days UTC", status=AnswerStatus.DECLINED)) == 0.0


@pytest.mark.parametrize(
    ("sentence", "precision"),
    [
        (SeenSentence("Pay the fee today.", (1,)), 1.0),
        (SeenSentence("Pay the fee today.", ()), 0.5),
        (SeenSentence("Pay the fee today.", (3,)), 0.5),
        (SeenSentence("Pay the fee today.", (0,)), 0.5),
        (SeenSentence("Pay the fee tomorrow.", (1,)), 0.5),
        (SeenSentence("Today pay the fee.", (1,)), 0.5),
        (SeenSentence("Pay the fee today.", (2,)), 0.5),
    ],
    ids=str,
)
def test_a_sentence_holds_when_its_words_follow_each_other_in_quotes_that_stand_in_the_source(
    sentence: SeenSentence, precision: float
) -> None:
    marked = "**Pay** the [fee](fees.md) today."
    good, moved = cited(marked, source=f"Line one.\n{marked}"), cited(marked, source="Line one.")
    answer = said("", good, moved, sentences=[SeenSentence("Pay the fee.", (1,)), sentence])
    assert METRICS["citation_precision"].score(ONE, answer) == precision


def test_an_answer_without_sentences_has_no_precision_and_a_declined_one_claims_nothing() -> None:
    precision = METRICS["citation_precision"].score
    assert precision(ONE, said("The fee.", cited("The fee.", source="The fee."), sentences=[])) == 0.0
    assert precision(ONE, said(status=AnswerStatus.DECLINED)) == 1.0


def test_retrieval_metrics_leave_out_unanswerable_cases() -> None:
    for name in ("quote_recall_1500", "doc_recall_5", "ndcg_10", "citation_hit", "fact_recall", "answered_answerable"):
        assert not METRICS[name].applies(NONE)


def test_every_metric_of_the_folder_is_in_the_table() -> None:
    modules = [f"{metrics.__name__}.{entry.name}" for entry in pkgutil.iter_modules(metrics.__path__)]
    defined = {
        value.name
        for module in modules
        for _, value in inspect.getmembers(__import__(module, fromlist=["_"]))
        if isinstance(value, Metric)
    }
    assert defined == set(METRICS)


@given(st.lists(st.text(alphabet="ab é日\n.", max_size=40), max_size=8), st.integers(0, 60))
def test_what_is_within_budget_is_a_prefix_of_the_texts_and_never_longer(texts: list[str], tokens: int) -> None:
    kept = within_budget(texts, tokens=tokens)
    assert all(original.startswith(cut) for original, cut in zip(texts, kept, strict=False))
    assert kept[:-1] == texts[: max(0, len(kept) - 1)]
    counted = sum(len(minilm_tokenizer().encode(text, add_special_tokens=False).ids) for text in kept)
    assert counted <= tokens


def test_gold_without_a_quote_still_ranks_documents() -> None:
    case = Case(id="faq", question="?", kind="faq", gold=(GoldSpan(doc="fees.md", quote=""),))
    assert METRICS["recall_1"].score(case, found(("fees.md", ""))) == 1.0


def test_emphasis_in_the_quote_is_no_word() -> None:
    quote = "It stays as _Under Review_ for long."
    answer = said("It stays as Under Review for long.", cited(quote, source=quote))
    assert METRICS["citation_precision"].score(ONE, answer) == 1.0
