from __future__ import annotations

from dataclasses import replace

from evals.bench import bench_rows, bench_table
from evals.peers.pipeline import PeerResult, timed_searches
from tests.unit.evals.examples import FEE, ONE, TERM

PEER = PeerResult(
    system="LangChain + Chroma",
    passages=2,
    embedded_tokens=1_000,
    ingest_cpu_s=10.0,
    ingest_wall_s=5.0,
    peak_mb=900.0,
    query_ms=(5.0, 7.0, 9.0),
    ranked={"one": [("a.md", "Nothing."), (FEE.doc, FEE.quote)]},
)
OURS = replace(PEER, system="Liaison", ranked={"one": [(FEE.doc, FEE.quote), (TERM.doc, TERM.quote)]})


def test_each_system_is_scored_by_the_same_metrics() -> None:
    rows, scores = bench_rows([ONE], [PEER, OURS])
    found = {(row.metric, row.slice): row.value for row in rows}
    assert found["ndcg_10", "system:Liaison"] == 1.0
    assert 0 < (found["ndcg_10", "system:LangChain + Chroma"] or 0) < 1
    assert found["tokens_per_cpu_s", "system:Liaison"] == 100.0
    assert found["query_p50_ms", "system:Liaison"] == 7.0
    assert len(scores) == 6


def test_the_best_peer_is_never_ourselves() -> None:
    rows, _ = bench_rows([ONE], [PEER, OURS])
    best = {row.metric: row.value for row in rows if row.slice == "system:best-peer"}
    peer = {row.metric: row.value for row in rows if row.slice == "system:LangChain + Chroma"}
    assert best["ndcg_10"] == peer["ndcg_10"]


def test_a_question_that_a_system_did_not_answer_counts_as_wrong() -> None:
    rows, scores = bench_rows([ONE, replace(ONE, id="two")], [PEER])
    recall = next(row for row in rows if (row.metric, row.slice) == ("quote_recall_1500", "system:LangChain + Chroma"))
    assert (recall.value, recall.n) == (0.5, 2)
    assert any(score.errored for score in scores)


def test_the_table_has_a_line_for_each_system() -> None:
    rows, _ = bench_rows([ONE], [PEER, OURS])
    assert bench_table([PEER, OURS], rows).row_count == 2


def test_searches_are_cut_at_twenty_passages_and_each_is_timed() -> None:
    ranked, took = timed_searches(lambda question: [("a.md", question)] * 30, {"one": "?", "two": "!"})
    assert {case: len(found) for case, found in ranked.items()} == {"one": 20, "two": 20}
    assert len(took) == 2
