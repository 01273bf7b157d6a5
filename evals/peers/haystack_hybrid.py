"""Haystack with its defaults: 200-word splits, in-memory store; dense, and joined with BM25 by reciprocal rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.converters import TextFileToDocument
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.document_stores.types import DuplicatePolicy
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from evals.peers.pipeline import DEPTH, Embedded, Ranked, Search, corpus_files, main, read_by_minilm


class HaystackHybrid:
    """The documented indexing pipeline and the hybrid retrieval tutorial."""

    def ingest(self, *, corpus: Path, model: Path, work: Path) -> None:  # noqa: ARG002 - in memory by default
        """Convert, split, embed, write."""
        self.corpus = corpus
        self.store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        self.embedder = SentenceTransformersTextEmbedder(model=str(model), progress_bar=False)
        pipeline = Pipeline()
        pipeline.add_component("convert", TextFileToDocument(store_full_path=True))
        pipeline.add_component("split", DocumentSplitter())
        pipeline.add_component("embed", SentenceTransformersDocumentEmbedder(model=str(model), progress_bar=False))
        pipeline.add_component("write", DocumentWriter(self.store, policy=DuplicatePolicy.OVERWRITE))
        pipeline.connect("convert", "split")
        pipeline.connect("split", "embed")
        pipeline.connect("embed", "write")
        pipeline.run({"convert": {"sources": corpus_files(corpus)}})

    def embedded(self) -> Embedded:
        """Every split."""
        return read_by_minilm([document.content or "" for document in self.store.filter_documents()])

    def searches(self) -> Mapping[str, Search]:
        """Dense alone, and dense with BM25."""
        self.embedder.warm_up()
        self.dense = InMemoryEmbeddingRetriever(self.store, top_k=DEPTH)
        self.lexical = InMemoryBM25Retriever(self.store, top_k=DEPTH)
        self.joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH)
        return {"Haystack dense": self._nearest, "Haystack hybrid": self._hybrid}

    def _nearest(self, question: str) -> Ranked:
        return self._ranked(self._dense(question))

    def _hybrid(self, question: str) -> Ranked:
        lexical = self.lexical.run(query=question)["documents"]
        return self._ranked(self.joiner.run([self._dense(question), lexical])["documents"])

    def _dense(self, question: str) -> list[Document]:
        vector = self.embedder.run(question)["embedding"]
        found: list[Document] = self.dense.run(query_embedding=vector)["documents"]
        return found

    def _ranked(self, documents: Sequence[Document]) -> Ranked:
        return [(str(Path(d.meta["file_path"]).relative_to(self.corpus)), d.content or "") for d in documents]


if __name__ == "__main__":
    main(HaystackHybrid())
