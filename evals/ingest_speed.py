"""How much an ingest costs beside encoding alone, in the same run, and how fast a lost search index is back.

python -m evals.ingest_speed CORPUS [--documents 120]

Tokens a processor second, of all threads and child processes. The raw encoder is the faster of the packaged MiniLM and
plain sentence-transformers on the same passages, sorted by length and handed over at once.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.ports.embedder import Embedder, Matrix, QuestionVectors, Vector, WordWeights
from evals.budget import MODEL
from evals.in_process import index_corpus
from evals.peers.pipeline import corpus_files, cpu_seconds
from integrations.bootstrap import build
from integrations.settings import Settings

LEAST_SHARE, MOST_REBUILD_S = 0.85, 30.0  # of the raw encoder's throughput; for 10,000 passages
LEAST_COSINE = 0.999


@dataclass(slots=True)
class Recording:
    """An embedder that remembers what it was given."""

    inner: Embedder
    texts: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """As the recorded embedder's."""
        return self.inner.fingerprint

    @property
    def dimension(self) -> int:
        """As the recorded embedder's."""
        return self.inner.dimension

    @property
    def max_tokens(self) -> int:
        """As the recorded embedder's."""
        return self.inner.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the recorded embedder's."""
        return self.inner.count_tokens(texts)

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        """As the recorded embedder's; the texts are kept."""
        self.texts += texts
        return self.inner.embed_passages(texts)

    async def embed_query(self, text: str) -> Vector:
        """As the recorded embedder's."""
        return await self.inner.embed_query(text)

    async def embed_weighed(self, text: str, weights: WordWeights) -> QuestionVectors:
        """As the recorded embedder's."""
        return await self.inner.embed_weighed(text, weights)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the processor and of the clock."""

    cpu: float
    wall: float


@contextmanager
def measured(into: list[Cost]) -> Iterator[None]:
    """Append what the block cost."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    yield
    into.append(Cost(cpu=cpu_seconds() - cpu, wall=time.perf_counter() - wall))


def sample_of(corpus: Path, *, documents: int, folder: Path) -> None:
    """Copy evenly spread documents of a corpus into a folder."""
    files = corpus_files(corpus)
    for row in np.unique(np.linspace(0, len(files) - 1, num=min(documents, len(files)), dtype=int)):
        target = folder / files[row].relative_to(corpus)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[row], target)


def run(corpus: Path, *, documents: int, console: Console) -> int:
    """Measure, print, and 1 when a limit is missed."""
    settings = Settings()
    costs: list[Cost] = []
    plain = build(settings).embedder
    reference = build(settings.model_copy(update={"embedder": f"sentence-transformers:{MODEL}"})).embedder
    for embedder in (plain, reference):
        embedder.embed_passages(["warm up"])
    recording = Recording(plain)
    with tempfile.TemporaryDirectory(prefix="liaison-speed-") as work:
        sample_of(corpus, documents=documents, folder=Path(work) / "corpus")
        installation = build(settings.model_copy(update={"data": Path(work) / "data"}), embedder=recording)
        try:
            with measured(costs):
                index_corpus(installation, Path(work) / "corpus")
            shutil.rmtree(Path(work) / "data" / "index")
            with measured(costs), installation.open_writer() as writer:
                writer.publish()
        finally:
            installation.close()
    texts = sorted(recording.texts, key=len)
    vectors = [_encoded(embedder.embed_passages, texts, costs) for embedder in (plain, reference)]
    likeness = float((vectors[0] * vectors[1]).sum(axis=1).min())
    tokens = sum(plain.count_tokens(texts))
    return _report(costs, tokens=tokens, passages=len(texts), likeness=likeness, console=console)


def _encoded(embed: Callable[[Sequence[str]], Matrix], texts: Sequence[str], costs: list[Cost]) -> Matrix:
    with measured(costs):
        return embed(texts)


def _report(costs: Sequence[Cost], *, tokens: int, passages: int, likeness: float, console: Console) -> int:
    ingest, rebuild, ours, theirs = costs
    raw = min((ours, theirs) if likeness >= LEAST_COSINE else (theirs,), key=lambda cost: cost.cpu)
    share = raw.cpu / ingest.cpu
    back = rebuild.wall * 10_000 / passages
    view = Table(title=f"{passages:,} passages, {tokens:,} tokens", title_justify="left")
    for name in ("", "CPU s", "wall s", "tokens / CPU s"):
        view.add_column(name, justify="left" if not name else "right")
    rows = {
        "ingest: read, cut, embed, store, both indexes": ingest,
        "the packaged MiniLM alone": ours,
        "plain sentence-transformers alone": theirs,
    }
    for name, cost in rows.items():
        view.add_row(name, f"{cost.cpu:.1f}", f"{cost.wall:.1f}", f"{tokens / cost.cpu:,.0f}")
    console.print(view)
    console.print(f"least cosine between the two encoders: {likeness:.6f}")
    console.print(f"ingest at {share:.2f} of the raw encoder's throughput (at least {LEAST_SHARE})")
    console.print(f"a lost index is back in {back:.1f} s for 10,000 passages (at most {MOST_REBUILD_S:.0f} s)")
    return int(share < LEAST_SHARE or back > MOST_REBUILD_S)


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--documents", type=int, default=120)
    options = parser.parse_args()
    return run(options.corpus, documents=options.documents, console=Console())


if __name__ == "__main__":
    sys.exit(main())
