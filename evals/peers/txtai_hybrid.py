"""txtai's embeddings database: dense, and `hybrid=True` (normalised scores, BM25). Chunks as LangChain cuts them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from langchain_text_splitters import RecursiveCharacterTextSplitter
from txtai import Embeddings

from evals.peers.pipeline import DEPTH, Embedded, Ranked, Search, corpus_files, main, read_by_minilm


class TxtaiHybrid:
    """txtai's core has no segmenter, so it gets the usual 1000/200 chunks."""

    def ingest(self, *, corpus: Path, model: Path, work: Path) -> None:  # noqa: ARG002 - in memory by default
        """Split and index both ways at once."""
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        self.chunks = {
            f"{path.relative_to(corpus)}#{number}": text
            for path in corpus_files(corpus)
            for number, text in enumerate(splitter.split_text(path.read_text(encoding="utf-8")))
        }
        self.index = Embeddings(path=str(model), hybrid=True)
        self.index.index((uid, text, None) for uid, text in self.chunks.items())

    def embedded(self) -> Embedded:
        """Every chunk."""
        return read_by_minilm(list(self.chunks.values()))

    def searches(self) -> Mapping[str, Search]:
        """Dense alone (weight 1), and both arms at the default weight 0.5."""
        return {"txtai dense": self._search(1.0), "txtai hybrid": self._search(0.5)}

    def _search(self, weight: float) -> Search:
        def search(question: str) -> Ranked:
            hits = self.index.search(question, DEPTH, weights=weight)
            return [(uid.rsplit("#", 1)[0], self.chunks[uid]) for uid, _ in hits]

        return search


if __name__ == "__main__":
    main(TxtaiHybrid())
