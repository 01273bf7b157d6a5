"""The command line: `python -m evals run` and `python -m evals bench`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console

from assistant.errors import LiaisonError
from evals.bench import run_bench
from evals.gate import ExitCode, load_bars
from evals.in_process import InProcessOpener
from evals.manifest import manifest
from evals.report import table, write_report, write_verdict
from evals.run import RunResult, run_suites
from evals.suites import SUITES
from evals.workbench import ROOT, Inputs, Workbench, indexing_id
from integrations.settings import Settings

WIDE = 120  # columns where the terminal does not say, as in a build log
console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


class Parser(argparse.ArgumentParser):
    """Ends with the usage exit code, which differs from a missed bar."""

    def error(self, message: str) -> None:  # type: ignore[override]  # exits, like the one it replaces
        """Say what is off and how it is meant."""
        self.print_usage(sys.stderr)
        self.exit(ExitCode.USAGE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    """The options of both commands."""
    root = Parser(prog="python -m evals", description="Measure the assistant, offline.")
    commands = root.add_subparsers(dest="command", required=True, parser_class=Parser)
    run = commands.add_parser("run", help="run suites against the real assistant and judge them by evals/bars.toml")
    run.add_argument(
        "--suite", action="append", choices=sorted(SUITES), help="one suite; repeat for more (default: all)"
    )
    run.add_argument("--allow-skip", action="store_true", help="a suite whose files are absent does not fail the run")
    run.add_argument("--slices", action="store_true", help="print every slice, not only the whole")
    run.add_argument("--data", type=Path, help="use this data directory as it is instead of indexing the corpus")
    run.add_argument("--turns", type=Path, help="JSONL file of conversations (default: the public development set)")
    bench = commands.add_parser("bench", help="measure LangChain, LlamaIndex, Haystack, txtai and Liaison side by side")
    bench.add_argument("--system", action="append", help="one peer; repeat for more (default: all)")
    for command, out in ((run, "out/eval"), (bench, "out/bench")):
        command.add_argument("--questions", type=Path, help="JSONL file (default: the public development set)")
        command.add_argument("--corpus", type=Path, help="folder (default: the public Partner Center corpus)")
        command.add_argument("--out", type=Path, default=Path(out), help="folder for the report (default: %(default)s)")
    return root


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; the exit code of its verdict."""
    options = parser().parse_args(words)
    try:
        if options.command == "bench":
            return run_bench(_inputs(options), out=options.out, systems=options.system or (), console=console)
        result = asyncio.run(_run(options))
    except LiaisonError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        return ExitCode.USAGE
    console.print(table(result, slices=options.slices))
    write_verdict(result.verdict, console)
    console.print(f"Report: {options.out / 'report.html'}")
    return result.verdict.code


def _inputs(options: argparse.Namespace) -> Inputs:
    shared = Settings().shared or ROOT.parent / "shared"
    return Inputs(
        questions=options.questions,
        corpus=options.corpus.resolve() if options.corpus else None,
        shared=shared if shared.is_dir() else None,
        data=getattr(options, "data", None),
        turns=getattr(options, "turns", None),
    )


async def _run(options: argparse.Namespace) -> RunResult:
    settings, inputs, bars = Settings(), _inputs(options), load_bars()
    indexing = indexing_id(settings.embedder)
    suites = [SUITES[name] for name in options.suite or SUITES]
    async with AsyncExitStack() as stack:
        bench = Workbench(inputs, opener=InProcessOpener(settings), indexing_id=indexing, stack=stack)
        result = await run_suites(suites, bench, bars=bars, allow_skip=options.allow_skip, announce=console.print)
    write_report(result, options.out, manifest=manifest(inputs, embedder=settings.embedder, indexing=indexing))
    return result


if __name__ == "__main__":
    sys.exit(main())
