"""A progress bar of an ingest, with rate and time left."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from ingest.summary import Outcome


class IngestProgress:
    """Shows documents done of documents listed, tokens embedded per second and the time left."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID = self._progress.add_task("Reading sources", total=None, rate="")
        self._total = 0
        self._passages = 0
        self._tokens = 0
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def listed(self, source: str, documents: int) -> None:
        """A source was listed."""
        self._total += documents
        self._progress.update(self._task, total=self._total, description=f"Ingesting {source.rpartition('/')[2]}")

    def settled(self, path: str, outcome: Outcome) -> None:
        """A document is done with."""
        self._progress.advance(self._task)
        if outcome is Outcome.QUARANTINED:
            self._progress.console.print(f"[yellow]quarantined[/] {path}", highlight=False)

    def embedded(self, passages: int, tokens: int) -> None:
        """Passages were embedded and stored."""
        self._passages += passages
        self._tokens += tokens
        rate = self._tokens / max(time.monotonic() - self._started, 1e-6)
        self._progress.update(self._task, rate=f"{self._passages:,} passages, {rate:,.0f} tokens/s")
