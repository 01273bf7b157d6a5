"""Questions in other languages asked of the retriever as it ships, and of one with a part changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assistant.retrieval.retrieve import Retriever
from evals.in_process import InProcessOpener, InProcessTarget
from evals.run import run_suites
from evals.suites import SUITES
from evals.workbench import Inputs, Workbench, indexing_id
from integrations.settings import Settings

SUITE_METRICS = {"retrieval": "quote_recall_1500", "faq_across_languages": "recall_5"}

Change = Callable[[Retriever], Retriever]
Found = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class OpenerWith:
    """Opens this installation's assistant with its retriever changed."""

    opener: InProcessOpener
    change: Change

    @asynccontextmanager
    async def __call__(
        self, *, corpus: Path, data: Path, ingest: bool, today: date | None = None
    ) -> AsyncIterator[InProcessTarget]:
        """The target over a corpus."""
        async with self.opener(corpus=corpus, data=data, ingest=ingest, today=today) as target:
            retriever = self.change(target.answerer.retriever)
            yield replace(target, answerer=replace(target.answerer, retriever=retriever))


async def measured(inputs: Inputs, change: Change) -> Found:
    """Metric and slice to value, of both suites with a retriever changed so."""
    settings = Settings()
    opener = OpenerWith(InProcessOpener(settings), change)
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
