"""Ingesting again whenever a watched folder changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from watchfiles import watch

from assistant.errors import SourceError
from ingest.sources.item import Source
from ingest.summary import IngestSummary

SETTLE_MS = 800  # editors write a file in several steps
LOOK_MS = 200  # how soon a stop is seen


def watched_folders(sources: Sequence[Source]) -> list[Path]:
    """The folders and files of the sources. Raises SourceError when one of them is not on this machine."""
    for source in sources:
        if not source.uri.startswith("file://"):
            raise SourceError(
                f"{source.uri} cannot be watched.", hint="Watch folders; run `liaison ingest` for others."
            )
    return [Path(unquote(urlsplit(source.uri).path)) for source in sources]


def ingest_on_change(
    sources: Sequence[Source], run: Callable[[], IngestSummary], *, stop: threading.Event
) -> Iterator[IngestSummary]:
    """Run once, then after each change until `stop` is set; yields the summary of each run."""
    folders = watched_folders(sources)
    changes = watch(
        *folders,
        stop_event=stop,
        debounce=SETTLE_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    # From here on it watches: what changes while the first run reads is not overlooked.
    if next(changes, None) is None:
        return
    yield run()
    for changed in changes:
        if changed:
            yield run()
