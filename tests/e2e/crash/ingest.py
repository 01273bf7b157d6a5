"""One ingest run in a process of its own, which can be told to die at a point."""

from __future__ import annotations

import os
import signal
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

from integrations import indexes, records
from tests.e2e.crash.corpus import EMBEDDER, SOURCE, Step, steps

BATCH = 4


def ingest(data: Path, step: int, channel: Connection | None = None, die_at: tuple[str, int] | None = None) -> None:
    """Bring a data directory to a state of the corpus, as the ingest pipeline does.

    Every point that is passed is sent to `channel`. At the n-th pass of the point `die_at` names, the process is
    killed with SIGKILL: nothing is flushed, no handler runs.
    """
    passed: Counter[str] = Counter()

    def at(point: str) -> None:
        passed[point] += 1
        if channel:
            channel.send(point)
        if die_at == (point, passed[point]):
            os.kill(os.getpid(), signal.SIGKILL)

    projector = indexes.open_projector(data, at=at)
    with records.open_writer(data, projector=projector, at=at) as writer:
        _write(writer, steps()[step])
        writer.publish()


def _write(writer: records.ContentRecordsWriter, wanted: Step) -> None:
    known = writer.hashes(SOURCE)
    changed = [i for i in wanted.documents if known.get(i.document.id) != i.document.content_hash]
    for first in range(0, len(changed), BATCH):
        writer.put_many(changed[first : first + BATCH], source=SOURCE, fingerprint=EMBEDDER.fingerprint)
    for entry in wanted.unreadable:
        writer.quarantine(entry, source=SOURCE)
    gone = known.keys() - {i.document.id for i in wanted.documents}
    writer.remove(sorted(gone))
