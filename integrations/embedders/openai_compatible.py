"""Embeddings from any server that speaks OpenAI's `/embeddings`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import ProviderUnavailable, SettingsError
from assistant.ports.embedder import Matrix, QuestionVectors, Vector, WordWeights

if TYPE_CHECKING:
    from openai import OpenAI

    from integrations.settings import Settings

BYTES_PER_TOKEN = 2.0  # a safe side: byte-level vocabularies average 3 to 4 bytes of text per token
SPECIAL_TOKENS = 2
BATCH = 64
TRIES = 4


class OpenAiCompatibleEmbedder:
    """Embeds on a remote server; the texts leave this machine.

    The server's tokenizer is unknown here, so tokens are estimated from UTF-8 bytes, high rather than low.
    Raises ProviderUnavailable (retryable) when the server does not answer, SettingsError when it refuses.
    """

    def __init__(self, model: str, *, url: str, key: str = "", max_tokens: int = 512) -> None:
        self._model = model
        self._url = url
        self._key = key
        self.max_tokens = max_tokens

    @cached_property
    def fingerprint(self) -> str:
        """Server, model and dimension: the weights behind them cannot be seen from here."""
        return f"{self._url}:{self._model}:{self.dimension}"

    @cached_property
    def dimension(self) -> int:
        """Length of a vector, learned from the server with one short text."""
        return int(self._embed(["dimension"]).shape[1])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """An estimate of the number of tokens, high rather than low."""
        return [SPECIAL_TOKENS + -int(-len(text.encode()) // BYTES_PER_TOKEN) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension)."""
        for text, tokens in zip(texts, self.count_tokens(texts), strict=True):
            if tokens > self.max_tokens:
                raise ValueError(f"{tokens} tokens, the model reads {self.max_tokens}: {text[:60]!r}…")
        parts = [self._embed(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimension), dtype=np.float32)

    async def embed_query(self, text: str) -> Vector:
        """The unit vector of a question."""
        room = int((self.max_tokens - SPECIAL_TOKENS) * BYTES_PER_TOKEN)
        cut = text.encode()[:room].decode(errors="ignore")
        vector: Vector = (await asyncio.to_thread(self._embed, [cut]))[0]
        return vector

    async def embed_weighed(self, text: str, weights: WordWeights) -> QuestionVectors:  # noqa: ARG002 (a port)
        """The vector of the question twice: the server weighs no words."""
        vector = await self.embed_query(text)
        return QuestionVectors(vector, vector)

    def _embed(self, texts: Sequence[str]) -> Matrix:
        import openai  # noqa: PLC0415 (an optional extra)

        try:
            answer = self._client.embeddings.create(model=self._model, input=list(texts), encoding_format="float")
        except (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError) as error:
            raise ProviderUnavailable(f"The embedding server {self._url} did not answer: {error}") from error
        except openai.OpenAIError as error:
            raise SettingsError(
                f"The embedding server {self._url} refused: {error}",
                hint="Check LIAISON_EMBEDDER, LIAISON_EMBEDDER_URL and LIAISON_EMBEDDER_KEY.",
            ) from error
        rows = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        if len(rows) != len(texts):
            raise ProviderUnavailable(f"The embedding server {self._url} sent {len(rows)} of {len(texts)} vectors.")
        matrix = np.asarray(rows, dtype=np.float32)
        unit: Matrix = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
        return unit

    @cached_property
    def _client(self) -> OpenAI:
        try:
            from openai import OpenAI  # noqa: PLC0415 (an optional extra)
        except ImportError as error:
            raise SettingsError("The openai package is missing.", hint="pip install 'liaison[openai]'") from error
        return OpenAI(base_url=self._url, api_key=self._key or "none", max_retries=TRIES - 1, timeout=60)


def from_settings(model: str, settings: Settings) -> OpenAiCompatibleEmbedder:
    """The row `openai:MODEL`, served by LIAISON_EMBEDDER_URL."""
    if not model:
        raise SettingsError("LIAISON_EMBEDDER names no model.", hint="Write openai:MODEL.")
    return OpenAiCompatibleEmbedder(model, url=settings.embedder_url, key=settings.embedder_key.get_secret_value())
