"""Two runs byte for byte, apart from how long things took and when they were made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from evals.metrics import METRICS

# What differs between two runs of the same thing: when they were made, and every duration.
MOMENTS = ("made", "scored again")
DURATIONS = frozenset(metric.name for metric in METRICS.values() if metric.timed)
TIMES = re.compile(rf'("(?:milliseconds|{"|".join(sorted(DURATIONS))})"):(?:null|-?\d[\d.eE+-]*)')
MEASURED = ("value", "low", "high", "bar", "passed")


def different(one: Path, other: Path) -> list[str]:
    """Where two runs differ, in words, the first place of each file; nothing when they are the same.

    Compared are manifest.json, samples.jsonl and summary.json, of which the other files are made. Left out are the
    manifest's moments, every `milliseconds`, and what metrics of durations came to. Raises UsageError when one of them
    cannot be read.
    """
    found = []
    for name, lines in (("manifest.json", _manifest), ("samples.jsonl", _samples), ("summary.json", _summary)):
        try:
            ours, theirs = list(lines(one / name)), list(lines(other / name))
        except (OSError, ValueError) as error:
            raise UsageError(f"{name} cannot be read: {error}.", hint="Give two folders of `evals run`.") from error
        found += _first_difference(name, ours, theirs)
    return found


def _first_difference(name: str, ours: list[bytes], theirs: list[bytes]) -> list[str]:
    for number, (mine, yours) in enumerate(zip(ours, theirs, strict=False), start=1):
        if mine != yours:
            at = next(
                (i for i, (a, b) in enumerate(zip(mine, yours, strict=False)) if a != b), min(len(mine), len(yours))
            )
            return [f"{name}:{number}: {_around(mine, at)} and {_around(yours, at)}"]
    return [] if len(ours) == len(theirs) else [f"{name}: {len(ours)} and {len(theirs)} lines"]


def _around(line: bytes, at: int) -> str:
    return f"…{line[max(0, at - 60) : at + 40].decode(errors='replace')}…"


def _manifest(path: Path) -> Iterator[bytes]:
    facts = json.loads(path.read_bytes())
    return (f"{name}: {facts[name]}".encode() for name in sorted(facts) if name not in MOMENTS)


def _samples(path: Path) -> Iterator[bytes]:
    """Each line as it stands in the file, its times put to null."""
    return (TIMES.sub(r"\1:null", line).encode() for line in path.read_text(encoding="utf-8").split("\n"))


def _summary(path: Path) -> Iterator[bytes]:
    rows: list[dict[str, Any]] = json.loads(path.read_bytes())
    for row in rows:
        if row["metric"] in DURATIONS:
            row.update(dict.fromkeys(MEASURED))
        yield json.dumps(row).encode()
