"""How much of what other languages find is memory: `python -m evals.language_memory WITHOUT DATA QUESTIONS SHARED`.

`liaison languages build PAIRS --without partner-center --out WITHOUT` writes the folder WITHOUT, with nothing learned
from the documentation that is searched here. Its figures stand beside those of what ships.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from evals.in_process import InProcessOpener, InProcessTarget
from evals.run import run_suites
from evals.suites import SUITES
from evals.workbench import Inputs, Workbench, indexing_id
from integrations.languages import FileLexicon
from integrations.languages.shelf import FOLDER, Shelf
from integrations.settings import Settings

SUITE_METRICS = {"retrieval": "quote_recall_1500", "faq_across_languages": "recall_5"}
AT_MOST_LOWER = 0.08

Found = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class OpenerWith:
    """Opens this installation's assistant with the languages of another folder."""

    opener: InProcessOpener
    languages: Path

    @asynccontextmanager
    async def __call__(
        self, *, corpus: Path, data: Path, ingest: bool, today: date | None = None
    ) -> AsyncIterator[InProcessTarget]:
        """The target over a corpus."""
        async with self.opener(corpus=corpus, data=data, ingest=ingest, today=today) as target:
            lexicon = FileLexicon(Shelf((self.languages,)), space=target.embedder.fingerprint)
            retriever = replace(target.answerer.retriever, lexicon=lexicon)
            yield replace(target, answerer=replace(target.answerer, retriever=retriever))


def main(arguments: list[str] | None = None) -> int:
    """Print both columns and their difference; 1 when what never saw the documentation is too far behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("without", "data", "questions", "shared"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args(arguments)
    inputs = Inputs(questions=options.questions, data=options.data, shared=options.shared)
    shipped, without = (asyncio.run(_measured(inputs, folder)) for folder in (FOLDER, options.without))
    sys.stdout.write(f"{'':44} {'as shipped':>12} {'without':>10} {'difference':>11}\n")
    for (metric, group), value in shipped.items():
        other = without[metric, group]
        sys.stdout.write(f"{metric:24}{group:20} {value:12.3f} {other:10.3f} {other - value:+11.3f}\n")
    lost = max(value - without[key] for key, value in shipped.items() if key[1] == "all")
    sys.stdout.write(f"lost at most {lost:.3f} of all, at most {AT_MOST_LOWER} is the bar\n")
    return int(lost > AT_MOST_LOWER)


async def _measured(inputs: Inputs, languages: Path) -> Found:
    """Metric and slice to value, of both suites."""
    settings = Settings()
    opener = OpenerWith(InProcessOpener(settings), languages)
    async with AsyncExitStack() as stack:
        bench = Workbench(inputs, opener=opener, indexing_id=indexing_id(settings.embedder), stack=stack)
        result = await run_suites([SUITES[name] for name in SUITE_METRICS], bench, bars=[])
    return {
        (row.metric, row.slice): row.value
        for row in result.rows
        if row.value is not None
        and SUITE_METRICS[row.suite] == row.metric
        and row.slice.startswith(("all", "lang:", "english:"))
    }


if __name__ == "__main__":
    sys.exit(main())
