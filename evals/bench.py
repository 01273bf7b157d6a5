"""Side by side: the same corpus, questions, embedder and metrics for Liaison and its peers, one process at a time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from assistant.errors import UsageError
from evals.case import Case, Observation, Score, SeenPassage
from evals.gate import judged, load_bars, verdict
from evals.interval import bootstrap_interval
from evals.metrics import METRICS
from evals.peers import OURS, PEERS, environment
from evals.peers.pipeline import PeerResult
from evals.questions import load_questions
from evals.report import number, write_verdict
from evals.row import Row, score_all, summarise
from evals.workbench import Inputs, SuiteSkipped

QUALITY = ("quote_recall_1500", "doc_recall_5", "ndcg_10")
COSTS = ("ingest_cpu_s", "tokens_per_cpu_s", "query_p50_ms", "peak_mb")
BEST_PEER = "best-peer"
RESULTS = TypeAdapter(list[PeerResult])


def run_bench(inputs: Inputs, *, out: Path, systems: Sequence[str], console: Console) -> int:
    """Measure the systems (all without a choice), print the table, write summary.json; the verdict's exit code."""
    unknown = set(systems) - set(PEERS)
    if unknown:
        raise UsageError(f"There is no system {sorted(unknown)}.", hint=f"Choose from {list(PEERS)}.")
    try:
        cases, corpus = load_questions(inputs.questions_file()), inputs.corpus_folder()
    except SuiteSkipped as missing:
        raise UsageError(f"The bench needs its files: {missing}.") from missing
    out.mkdir(parents=True, exist_ok=True)
    chosen = [name for name in PEERS if not systems or name in systems]
    python = environment.PEER_PACKAGES.ready(console.print) if set(chosen) - {OURS} else Path()
    results = [
        result
        for name in chosen
        for result in _measure(name, python=python, corpus=corpus, cases=cases, out=out, console=console)
    ]
    rows, scores = bench_rows(cases, results)
    rows = judged(rows, load_bars() if OURS in chosen else [], languages={case.language for case in cases})
    console.print(bench_table(results, rows))
    outcome = verdict(rows, scores)
    (out / "summary.json").write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    write_verdict(outcome, console)
    return outcome.code


def _measure(
    name: str, *, python: Path, corpus: Path, cases: Sequence[Case], out: Path, console: Console
) -> list[PeerResult]:
    console.print(f"{name} …")
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as folder:
        questions = Path(folder) / "questions.json"
        questions.write_text(json.dumps({case.id: case.question for case in cases}), encoding="utf-8")
        work = Path(folder) / "work"
        work.mkdir()
        result = out.resolve() / f"{name}.json"
        environment.start(name, python=python, corpus=corpus, questions=questions, work=work, out=result)
    return RESULTS.validate_json(result.read_bytes())


def bench_rows(cases: Sequence[Case], results: Iterable[PeerResult]) -> tuple[list[Row], list[Score]]:
    """Rows with the slice `system:NAME`, the best peer's as `system:best-peer`, and the scores behind them."""
    metrics = [METRICS[name] for name in QUALITY]
    rows: list[Row] = []
    scores: list[Score] = []
    for result in results:
        seen = [
            Observation(case_id=case_id, passages=tuple(SeenPassage(doc=doc, text=text) for doc, text in ranked))
            for case_id, ranked in result.ranked.items()
        ]
        made = score_all(cases, seen, metrics)
        whole = [row for row in summarise("bench", cases, made, metrics) if row.slice == "all"]
        rows += [_of_system(row, result.system) for row in whole]
        rows += _costs(result)
        scores += made
    return rows + _best(rows), scores


def _of_system(row: Row, system: str) -> Row:
    return Row(**{**asdict(row), "slice": f"system:{system}"})


def _costs(result: PeerResult) -> list[Row]:
    query = bootstrap_interval(result.query_ms, statistic="median")
    speed = result.embedded_tokens / result.ingest_cpu_s
    measured: dict[str, tuple[float, float | None, float | None]] = {
        "ingest_cpu_s": (result.ingest_cpu_s, None, None),
        "tokens_per_cpu_s": (speed, None, None),
        "query_p50_ms": (query.value, query.low, query.high),
        "peak_mb": (result.peak_mb, None, None),
    }
    return [
        Row(suite="bench", metric=name, slice=f"system:{result.system}", value=value, low=low, high=high, n=1)
        for name, (value, low, high) in measured.items()
    ]


def _best(rows: Sequence[Row]) -> list[Row]:
    best: dict[str, Row] = {}
    for row in rows:
        if row.metric in QUALITY and row.slice != "system:Liaison" and row.value is not None:
            leader = best.get(row.metric)
            if leader is None or (leader.value or 0) < row.value:
                best[row.metric] = row
    return [_of_system(row, BEST_PEER) for row in best.values()]


def bench_table(results: Sequence[PeerResult], rows: Sequence[Row]) -> Table:
    """One line a system."""
    view = Table(title="Side by side: same corpus, same MiniLM, same questions", title_justify="left")
    view.add_column("system")
    for name in ("quote recall @1500", "doc recall @5", "nDCG@10"):
        view.add_column(name, justify="right", no_wrap=True)
    for name in ("passages", "ingest CPU s", "tokens / CPU s", "query p50 ms", "peak MB"):
        view.add_column(name, justify="right")
    found = {(row.metric, row.slice): row for row in rows}
    for result in results:
        line = [found[metric, f"system:{result.system}"] for metric in (*QUALITY, *COSTS)]
        quality, costs = line[: len(QUALITY)], line[len(QUALITY) :]
        cells = [f"{number(row.value)} ({row.low or 0:.2f}–{row.high or 0:.2f})" for row in quality]
        view.add_row(result.system, *cells, str(result.passages), *[f"{row.value or 0:,.0f}" for row in costs])
    return view
