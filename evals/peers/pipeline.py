"""What a peer implements and how it is measured, in whatever environment the peer lives."""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from evals.budget import MODEL, count_tokens

Ranked = Sequence[tuple[str, str]]
Found = dict[str, list[tuple[str, str]]]
Search = Callable[[str], Ranked]
DEPTH = 20
MINILM_READS = 256


class Pipeline(Protocol):
    """A documented pipeline of a framework.

    `searches` are its ways to search, each returning up to DEPTH passages as (path relative to the corpus, text), best
    first. Only `ingest` and the searches are timed.
    """

    def ingest(self, *, corpus: Path, model: Path, work: Path) -> None:
        """Index the corpus with the MiniLM in `model`; files it needs go to `work`."""
        ...

    def embedded(self) -> Embedded:
        """What the ingest embedded."""
        ...

    def searches(self) -> Mapping[str, Search]:
        """Name of the system to its search."""
        ...


@dataclass(frozen=True, slots=True)
class Embedded:
    """How many passages were embedded, and how many of their tokens the model read."""

    passages: int
    tokens: int


def read_by_minilm(texts: Sequence[str]) -> Embedded:
    """What the model read of these texts: at most 256 tokens of each."""
    return Embedded(passages=len(texts), tokens=count_tokens(texts, cap=MINILM_READS))


@dataclass(frozen=True, slots=True)
class PeerResult:
    """One system's answers and costs. CPU seconds include child processes; memory is the peak of the process."""

    system: str
    passages: int
    embedded_tokens: int
    ingest_cpu_s: float
    ingest_wall_s: float
    peak_mb: float
    query_ms: tuple[float, ...]
    ranked: Found = field(default_factory=dict)


def corpus_files(corpus: Path) -> list[Path]:
    """The Markdown and YAML FAQ files of a corpus in a fixed order."""
    return sorted(path for path in corpus.rglob("*") if path.suffix in {".md", ".yml"})


def cpu_seconds() -> float:
    """CPU time of this process, all threads, and its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def peak_megabytes() -> float:
    """The most memory this process had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed_searches(search: Search, questions: Mapping[str, str]) -> tuple[Found, list[float]]:
    """What each question found, and how many milliseconds it took after one warm-up."""
    search("warm up")
    ranked: Found = {}
    took = []
    for case_id, question in questions.items():
        start = time.perf_counter()
        found = search(question)
        took.append((time.perf_counter() - start) * 1_000)
        ranked[case_id] = [(doc, text) for doc, text in found[:DEPTH]]
    return ranked, took


def measure(pipeline: Pipeline, *, corpus: Path, questions: Mapping[str, str], work: Path) -> list[PeerResult]:
    """Ingest once and ask every question of every search."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    pipeline.ingest(corpus=corpus, model=MODEL, work=work)
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    embedded = pipeline.embedded()
    results = []
    for system, search in pipeline.searches().items():
        ranked, took = timed_searches(search, questions)
        results.append(
            PeerResult(
                system=system,
                passages=embedded.passages,
                embedded_tokens=embedded.tokens,
                ingest_cpu_s=cpu,
                ingest_wall_s=wall,
                peak_mb=peak_megabytes(),
                query_ms=tuple(took),
                ranked=ranked,
            )
        )
    return results


def main(pipeline: Pipeline) -> None:
    """Run as a program: `--corpus DIR --questions ids.json --work DIR --out results.json`."""
    parser = argparse.ArgumentParser()
    for name in ("corpus", "questions", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    questions = json.loads(options.questions.read_text(encoding="utf-8"))
    results = measure(pipeline, corpus=options.corpus, questions=questions, work=options.work)
    options.out.write_text(json.dumps([asdict(result) for result in results]), encoding="utf-8")
