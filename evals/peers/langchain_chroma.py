"""LangChain's usual pipeline: recursive splitter 1000/200, Chroma; and its ensemble with BM25."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from evals.peers.pipeline import DEPTH, Embedded, Ranked, Search, corpus_files, main, read_by_minilm


class LangChainChroma:
    """The tutorial's settings throughout."""

    def ingest(self, *, corpus: Path, model: Path, work: Path) -> None:
        """Split, embed and store; Chroma on disk, BM25 in memory."""
        documents = [
            Document(path.read_text(encoding="utf-8"), metadata={"doc": str(path.relative_to(corpus))})
            for path in corpus_files(corpus)
        ]
        self.chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
        embeddings = HuggingFaceEmbeddings(model_name=str(model))
        self.store = Chroma("bench", embeddings, persist_directory=str(work))
        for start in range(0, len(self.chunks), 5_000):  # Chroma refuses larger batches
            self.store.add_documents(self.chunks[start : start + 5_000])

    def embedded(self) -> Embedded:
        """Every chunk."""
        return read_by_minilm([chunk.page_content for chunk in self.chunks])

    def searches(self) -> Mapping[str, Search]:
        """Chroma alone, BM25 alone, and both fused by reciprocal rank, weights 0.5."""
        dense = self.store.as_retriever(search_kwargs={"k": DEPTH})
        lexical = BM25Retriever.from_documents(self.chunks, k=DEPTH)
        ensemble = EnsembleRetriever(retrievers=[dense, lexical], weights=[0.5, 0.5])
        return {
            "LangChain + Chroma": _search(dense),
            "LangChain BM25": _search(lexical),
            "LangChain ensemble": _search(ensemble),
        }


def _search(retriever: BaseRetriever) -> Search:
    def search(question: str) -> Ranked:
        return [(hit.metadata["doc"], hit.page_content) for hit in retriever.invoke(question)]

    return search


if __name__ == "__main__":
    main(LangChainChroma())
