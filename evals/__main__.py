"""The command line: `liaison eval`, which is also `python -m evals`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import httpx
from rich.console import Console

from assistant.errors import LiaisonError, UsageError
from evals.added import add_metrics, with_metrics
from evals.bench import run_bench
from evals.gate import Bar, ExitCode, load_bars
from evals.importing.beir import import_beir
from evals.importing.bfcl import import_bfcl
from evals.importing.promptfoo import import_promptfoo
from evals.in_process import InProcessOpener
from evals.manifest import manifest
from evals.model_judge.command import judge_run
from evals.model_judge.criteria import Criterion
from evals.online.command import decide
from evals.options import chosen, parser
from evals.over_http import HttpOpener, load_keys
from evals.report import table, write_verdict
from evals.run import RunResult, run_suites
from evals.runs.comparison import Change, compare
from evals.runs.comparison_table import comparison_table, score_changes
from evals.runs.folder import StoredRun, read_run, rescored, write_run
from evals.runs.identical import different
from evals.runs.inspect_log import write_inspect
from evals.runs.quarantine import load_quarantine
from evals.runs.regression import gate
from evals.runs.trec import write_trec
from evals.seal import NONE_OPENED, reason_to_reach_out, sealed
from evals.suites import SUITES
from evals.target import TargetOpener
from evals.workbench import ROOT, Inputs, SuiteSkipped, Workbench, indexing_id
from integrations.settings import Settings

WIDE = 150  # columns where the terminal does not say, as in a build log
console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def main(words: Sequence[str] | None = None, *, prog: str = "python -m evals") -> int:
    """Measure the assistant: run, rescore, compare, same, gate, judge, candidates, export, import, bench."""
    options = parser(prog).parse_args(words)
    commands = {
        "run": _run,
        "rescore": _rescore,
        "compare": _compare,
        "gate": _gate,
        "same": _same,
        "judge": _judge,
        "candidates": _candidates,
        "export": _export,
        "import": _import,
        "bench": _bench,
    }
    try:
        return commands[options.command](options)
    except LiaisonError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        return ExitCode.USAGE


def _run(options: argparse.Namespace) -> int:
    result = asyncio.run(_collect(options))
    console.print(table(result, slices=options.slices))
    write_verdict(result.verdict, console)
    console.print(f"Report: {options.out / 'report.html'}")
    return result.verdict.code


async def _collect(options: argparse.Namespace) -> RunResult:
    settings, inputs, bars = Settings(), _inputs(options), load_bars()
    if options.model is not None:
        settings = settings.model_copy(update={"model": options.model})
    opener, indexing = _opener(options, settings), indexing_id(settings.embedder)
    added = add_metrics(options.metric)
    suites = [with_metrics(SUITES[name], added) for name in chosen(options.suite)]
    reach = reason_to_reach_out(settings, target=options.target or "")
    facts = manifest(inputs, settings=settings, indexing=indexing, target=options.target or "")
    async with AsyncExitStack() as stack:
        seal = None if reach else stack.enter_context(sealed())
        bench = Workbench(inputs, opener=opener, indexing_id=indexing, stack=stack)
        result = await run_suites(
            suites,
            bench,
            bars=bars,
            allow_skip=options.allow_skip,
            announce=console.print,
            seal=seal,
            jobs=options.jobs,
        )
    opened = f"not watched: {reach}" if reach else "wanted, refused" if result.sockets else NONE_OPENED
    write_run(result, options.out, manifest=facts | {"sockets": opened})
    return result


def _opener(options: argparse.Namespace, settings: Settings) -> TargetOpener:
    if not options.target:
        return InProcessOpener(settings)
    if options.model is not None or options.data is not None:
        raise UsageError("--target has its own model and data.", hint="Leave out --model and --data.")
    if httpx.URL(options.target).scheme not in {"http", "https"} or not httpx.URL(options.target).host:
        raise UsageError(f"--target {options.target} is no address.", hint="Say http://HOST:PORT or https://HOST.")
    return HttpOpener(options.target, load_keys(options.keys))


def _inputs(options: argparse.Namespace) -> Inputs:
    shared = Settings().shared or ROOT.parent / "shared"
    return Inputs(
        questions=getattr(options, "questions", None),
        corpus=options.corpus.resolve() if getattr(options, "corpus", None) else None,
        shared=shared if shared.is_dir() else None,
        data=getattr(options, "data", None),
        turns=getattr(options, "turns", None),
    )


def _rescore(options: argparse.Namespace) -> int:
    run = read_run(options.run)
    result = rescored(run, bars=load_bars(), added=add_metrics(options.metric), allow_skip=options.allow_skip)
    console.print(score_changes(run, result))
    write_verdict(result.verdict, console)
    if options.out:
        write_run(result, options.out, manifest=run.manifest | {"scored again": datetime.now(UTC).isoformat()})
    return result.verdict.code


def _pair(base: StoredRun, new: StoredRun, *, bars: Sequence[Bar]) -> tuple[RunResult, RunResult]:
    """Both runs with today's metrics, so that a change of a metric is not taken for a change of the assistant."""
    return rescored(base, bars=bars), rescored(new, bars=bars)


def _compare(options: argparse.Namespace) -> int:
    base, new = _pair(read_run(options.base), read_run(options.new), bars=load_bars())
    found = compare(base, new, margin=options.margin, slices=options.slices)
    console.print(comparison_table(found))
    counts = Counter(row.change for row in found.rows)
    console.print(", ".join(f"{counts[change]} {change}" for change in Change))
    return ExitCode.PASSED


def _same(options: argparse.Namespace) -> int:
    """Two runs of the same thing must be the same, or what is measured of a change is chance."""
    found = different(options.base, options.new)
    for place in found:
        console.print(place, markup=False, soft_wrap=True)
    console.print("[red]The runs differ.[/]" if found else "[green]The same, byte for byte, apart from times.[/]")
    return ExitCode.MISSED if found else ExitCode.PASSED


def _gate(options: argparse.Namespace) -> int:
    bars, today = load_bars(), datetime.now(UTC).date()
    base, new = _pair(read_run(options.baseline), read_run(options.run), bars=bars)
    found = gate(base, new, bars=bars, quarantine=load_quarantine(), today=today, margin=options.margin)
    console.print(comparison_table(found.comparison))
    write_verdict(found.verdict, console, missed="Regression.")
    return found.verdict.code


def _judge(options: argparse.Namespace) -> int:
    settings = Settings()
    if options.model is not None:
        settings = settings.model_copy(update={"model": options.model})
    try:
        return judge_run(
            options.run,
            criterion=Criterion(options.criterion),
            settings=settings,
            inputs=_inputs(options),
            people=options.people,
            console=console,
        )
    except SuiteSkipped as reason:
        raise UsageError(
            f"The judge cannot be compared with people: {reason}.", hint="See docs/evaluation.md."
        ) from reason


def _candidates(options: argparse.Namespace) -> int:
    return decide(options, console)


def _export(options: argparse.Namespace) -> int:
    run = read_run(options.run)
    files = write_trec(run.samples, options.out) if options.format == "trec" else write_inspect(run, options.out)
    if not files:
        raise UsageError(f"{options.run} has nothing to export as {options.format}.", hint="Run other suites.")
    for path in files:
        console.print(path, soft_wrap=True)
    return ExitCode.PASSED


def _import(options: argparse.Namespace) -> int:
    readers = {"beir": import_beir, "promptfoo": import_promptfoo, "bfcl": import_bfcl}
    for line in readers[options.format](options.source, options.out):
        console.print(line, soft_wrap=True)
    return ExitCode.PASSED


def _bench(options: argparse.Namespace) -> int:
    return run_bench(_inputs(options), out=options.out, systems=options.system or (), console=console)


if __name__ == "__main__":
    sys.exit(main())
