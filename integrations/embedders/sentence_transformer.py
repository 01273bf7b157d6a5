"""Any sentence-transformers model by folder or hub name, for languages and domains the default does not cover."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import SettingsError
from assistant.ports.embedder import Matrix, QuestionVectors, Vector, WordWeights

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from integrations.settings import Settings


class SentenceTransformerEmbedder:
    """Embeds with a model's own prompts for documents and queries, loaded on first use.

    A folder, or a hub name already in the local cache, is opened without network; other hub names are downloaded.
    Code shipped inside a model is never run. Raises SettingsError when the model cannot be opened.
    """

    def __init__(self, name: str, *, threads: int = 0) -> None:
        self._name = name
        self._threads = threads or os.cpu_count() or 1

    @cached_property
    def fingerprint(self) -> str:
        """The model's name and a digest of its weights."""
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.float().numpy().tobytes())
        return f"{self._name}:{digest.hexdigest()[:16]}"

    @cached_property
    def dimension(self) -> int:
        """Length of a vector."""
        size = self._model.get_embedding_dimension()
        if not size:
            raise SettingsError(f"{self._name} does not yield one vector per text.", hint="Choose an embedding model.")
        return int(size)

    @cached_property
    def max_tokens(self) -> int:
        """The model's own limit."""
        return int(self._model.max_seq_length or 512)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with the document prompt and special tokens."""
        prompt = self._model.prompts.get("document") or self._model.prompts.get("passage") or ""
        prompted = [prompt + text for text in texts]
        ids = self._model.tokenizer(prompted, truncation=False, verbose=False)["input_ids"] if prompted else []
        return [len(row) for row in ids]

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension)."""
        for text, tokens in zip(texts, self.count_tokens(texts), strict=True):
            if tokens > self.max_tokens:
                raise ValueError(f"{tokens} tokens, the model reads {self.max_tokens}: {text[:60]!r}…")
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        self._use_threads()
        vectors = self._model.encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    async def embed_query(self, text: str) -> Vector:
        """The unit vector of a question; a question over the limit is cut by the model's tokenizer."""
        return await asyncio.to_thread(self._query, text)

    async def embed_weighed(self, text: str, weights: WordWeights) -> QuestionVectors:  # noqa: ARG002 (a port)
        """The vector of the question twice: not every model has a mean to weigh words in."""
        vector = await self.embed_query(text)
        return QuestionVectors(vector, vector)

    def _query(self, text: str) -> Vector:
        self._use_threads()
        vector = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def _use_threads(self) -> None:
        import torch  # noqa: PLC0415 (imported when a text is embedded, not when the command starts)

        torch.set_num_threads(self._threads)

    @cached_property
    def _model(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (the import takes seconds)

        with suppress(OSError, ValueError):  # not on this machine: ask the hub
            return SentenceTransformer(self._name, device="cpu", local_files_only=True, trust_remote_code=False)
        try:
            return SentenceTransformer(self._name, device="cpu", trust_remote_code=False)
        except Exception as error:
            raise SettingsError(
                f"Cannot open the sentence-transformers model {self._name!r}: {error}",
                hint="Give a folder or a hub name in LIAISON_EMBEDDER=sentence-transformers:NAME.",
            ) from error


def from_settings(model: str, settings: Settings) -> SentenceTransformerEmbedder:
    """The row `sentence-transformers:NAME`."""
    if not model:
        raise SettingsError("LIAISON_EMBEDDER names no model.", hint="Write sentence-transformers:NAME.")
    return SentenceTransformerEmbedder(model, threads=settings.threads)
