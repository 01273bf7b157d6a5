"""LlamaIndex with its defaults: 1024/200-token nodes, vector index; and its fusion with BM25."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from llama_index.core import Settings, SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import BaseRetriever, QueryFusionRetriever
from llama_index.core.schema import MetadataMode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from evals.peers.pipeline import DEPTH, Embedded, Ranked, Search, main, read_by_minilm


class LlamaIndex:
    """The starter example's settings throughout."""

    def ingest(self, *, corpus: Path, model: Path, work: Path) -> None:  # noqa: ARG002 - in memory by default
        """Read, parse into nodes, embed; the vector store is LlamaIndex's own in memory."""
        Settings.llm, Settings.embed_model = MockLLM(), HuggingFaceEmbedding(model_name=str(model))
        reader = SimpleDirectoryReader(str(corpus), recursive=True, required_exts=[".md", ".yml"], filename_as_id=True)
        self.corpus = corpus
        self.nodes = Settings.node_parser.get_nodes_from_documents(reader.load_data())
        self.index = VectorStoreIndex(self.nodes)

    def embedded(self) -> Embedded:
        """Every node, with the metadata LlamaIndex puts before it."""
        return read_by_minilm([node.get_content(metadata_mode=MetadataMode.EMBED) for node in self.nodes])

    def searches(self) -> Mapping[str, Search]:
        """The vector index alone, and fused with BM25 by reciprocal rank."""
        dense = self.index.as_retriever(similarity_top_k=DEPTH)
        lexical = BM25Retriever.from_defaults(nodes=self.nodes, similarity_top_k=DEPTH)
        fused = QueryFusionRetriever(
            [dense, lexical], similarity_top_k=DEPTH, num_queries=1, mode="reciprocal_rerank", use_async=False
        )
        return {"LlamaIndex vector": self._search(dense), "LlamaIndex fusion": self._search(fused)}

    def _search(self, retriever: BaseRetriever) -> Search:
        def search(question: str) -> Ranked:
            hits = retriever.retrieve(question)
            return [(self._path(hit.node.metadata["file_path"]), hit.node.get_content()) for hit in hits]

        return search

    def _path(self, absolute: str) -> str:
        return str(Path(absolute).relative_to(self.corpus))


if __name__ == "__main__":
    main(LlamaIndex())
