"""What can be said on the command line of the evaluation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from evals.gate import ExitCode
from evals.model_judge.criteria import Criterion
from evals.suites import SUITES

FORMATS = ("trec", "inspect")
SOURCES = ("beir", "promptfoo", "bfcl")
ALL = "all"


class Parser(argparse.ArgumentParser):
    """Ends with the usage exit code, which differs from a missed bar."""

    def error(self, message: str) -> None:  # type: ignore[override]  # exits, like the one it replaces
        """Say what is off and how it is meant."""
        self.print_usage(sys.stderr)
        self.exit(ExitCode.USAGE, f"{self.prog}: {message}\n")


def parser(prog: str) -> Parser:
    """Every command with its options."""
    root = Parser(prog=prog, description="Measure the assistant, offline and without a judge.")
    commands = root.add_subparsers(dest="command", required=True, parser_class=Parser)
    _run(commands.add_parser("run", help="run suites against the assistant and judge them by evals/bars.toml"))
    rescore = commands.add_parser(
        "rescore", help="score a finished run with today's metrics and bars; nothing is asked"
    )
    rescore.add_argument("run", type=Path, help="folder of a run")
    rescore.add_argument("--out", type=Path, help="folder for the new scores (default: only print what changed)")
    _allow_skip(rescore)
    _metric(rescore)
    compare = commands.add_parser("compare", help="two runs side by side, with paired statistics")
    compare.add_argument("base", type=Path, help="folder of the earlier run")
    compare.add_argument("new", type=Path, help="folder of the later run")
    compare.add_argument("--slices", action="store_true", help="every slice, not only the whole")
    same = commands.add_parser(
        "same", help="whether two runs are the same byte for byte, apart from times: 0 yes, 1 no"
    )
    same.add_argument("base", type=Path, help="folder of one run")
    same.add_argument("new", type=Path, help="folder of the other")
    gate = commands.add_parser("gate", help="whether a run may follow its baseline: 0 yes, 1 regression, 2 invalid run")
    gate.add_argument("run", type=Path, help="folder of the run")
    gate.add_argument("--baseline", type=Path, required=True, help="folder of the run to follow")
    for command in (compare, gate):
        command.add_argument("--margin", type=share, default=0.0, help="loss that is accepted, 0..1 (default: none)")
    _judge(commands.add_parser("judge", help="what a language model says of a run's answers, by one criterion"))
    export = commands.add_parser("export", help="a run in the format of another tool")
    export.add_argument("run", type=Path, help="folder of the run")
    export.add_argument("--format", required=True, choices=FORMATS)
    export.add_argument("--out", type=Path, required=True, help="folder for the files")
    _import(commands.add_parser("import", help="questions of another tool as a question file and a corpus"))
    _candidates(commands.add_parser("candidates", help="questions of the live service as cases, by a person's yes"))
    bench = commands.add_parser("bench", help="measure LangChain, LlamaIndex, Haystack, txtai and Liaison side by side")
    bench.add_argument("--system", action="append", help="one peer; repeat for more (default: all)")
    _inputs(bench, out="out/bench")
    return root


def _run(run: Parser) -> None:
    run.add_argument(
        "--suite", action="append", choices=[ALL, *sorted(SUITES)], help="one suite; repeat for more (default: all)"
    )
    _allow_skip(run)
    run.add_argument(
        "--jobs", type=int, default=2, help="1: no suite beside another, in a process of its own (default: %(default)s)"
    )
    run.add_argument("--slices", action="store_true", help="print every slice, not only the whole")
    run.add_argument("--data", type=Path, help="use this data directory as it is instead of indexing the corpus")
    run.add_argument("--turns", type=Path, help="JSONL file of conversations (default: the public development set)")
    run.add_argument("--model", help="answer with this language model, as LIAISON_MODEL names it")
    run.add_argument("--target", help="evaluate the assistant behind this URL instead of the one here")
    run.add_argument("--keys", type=Path, help="YAML file of API keys by who asks, for --target")
    _metric(run)
    _inputs(run, out="out/eval")


def _allow_skip(command: Parser) -> None:
    command.add_argument(
        "--allow-skip", action="store_true", help="a suite whose files are absent does not fail the run"
    )


def _judge(judge: Parser) -> None:
    judge.add_argument("run", type=Path, help="folder of the run")
    judge.add_argument("--criterion", choices=list(Criterion), default=Criterion.FAITHFULNESS)
    judge.add_argument("--model", help="the language model that judges, as LIAISON_MODEL names it")
    judge.add_argument("--people", type=int, default=0, help="rated responses to compare with (default: all)")


def _candidates(command: Parser) -> None:
    actions = command.add_subparsers(dest="action", required=True, parser_class=Parser)
    listed = actions.add_parser("list", help="what went wrong, what was rated, and a sample of the rest; redacted")
    accept = actions.add_parser("accept", help="make a case of one, saying what a right answer rests on")
    reject = actions.add_parser("reject", help="never show one again")
    for action in (listed, accept, reject):
        action.add_argument("--as", dest="who", default="", help="who decides: channel_manager:ID or administrator:ID")
        action.add_argument("--days", type=int, default=30, help="asked in the last days (default: %(default)s)")
        action.add_argument("--share", type=share, default=0.05, help="of what went well, 0..1 (default: %(default)s)")
    for action in (accept, reject):
        action.add_argument("id", help="as listed, or the first characters of it")
    accept.add_argument("--question", default="", help="the question in your words")
    accept.add_argument("--doc", default="", help="document of the gold quote, relative to the corpus")
    accept.add_argument("--quote", default="", help="verbatim words of it that answer")
    accept.add_argument("--fact", action="append", help="what the answer must say; a|b means either; repeat for more")
    accept.add_argument("--unanswerable", action="store_true", help="declining is right")
    accept.add_argument("--kind", default="", help="kind of the question, a slice")
    accept.add_argument("--asked-as", default="", help="who asks in the case, as in `liaison ask --as`")
    accept.add_argument("--split", choices=("dev", "test"), default="dev", help="default: %(default)s")
    accept.add_argument("--into", type=Path, help="question file (default: one in the data directory)")


def _metric(command: Parser) -> None:
    command.add_argument(
        "--metric", action="append", type=Path, default=[], help="Python file with a metric of yours; repeat for more"
    )


def _import(command: Parser) -> None:
    command.add_argument("format", choices=SOURCES)
    command.add_argument("source", type=Path, help="BEIR folder, promptfoo configuration, or BFCL file")
    command.add_argument("--out", type=Path, required=True, help="folder for questions.jsonl and corpus/")


def _inputs(command: Parser, *, out: str) -> None:
    command.add_argument("--questions", type=Path, help="JSONL or YAML file (default: the public development set)")
    command.add_argument("--corpus", type=Path, help="folder (default: the public Partner Center corpus)")
    command.add_argument("--out", type=Path, default=Path(out), help="folder for the report (default: %(default)s)")


def chosen(names: Sequence[str] | None) -> list[str]:
    """The suites that `--suite` names, once each: all of them without it, and for `all`."""
    return list(SUITES) if not names or ALL in names else list(dict.fromkeys(names))


def share(text: str) -> float:
    """A number from 0 to 1. Raises argparse's error otherwise."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 1")
    return value
