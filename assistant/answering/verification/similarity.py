"""Closeness of meaning by the embedder that retrieval uses."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np

from assistant.ports.embedder import Embedder, Matrix, Vector
from prompts.messages import message

KEPT = 100_000  # vectors remembered: about 150 MB at 384 dimensions
PROBES = ("declined_no_content", "declined_only_expired", "declined_empty_question")
LIKE_ENOUGH = 0.5  # mean cosine of our own translations from which an embedder is taken to bridge two languages


class EmbedderSimilarity:
    """Cosines of an embedder, its vectors remembered. Blocking; safe to call from many threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.RLock()
        self._bridges: dict[frozenset[str], bool] = {}

    def closest(self, sentence: str, texts: Sequence[str]) -> tuple[int, float]:
        """The place of the text closest in meaning, and its cosine. `texts` is not empty."""
        matrix = self._embedded([sentence, *texts])
        cosines = matrix[1:] @ matrix[0]
        best = int(np.argmax(cosines))
        return best, float(cosines[best])

    def bridges(self, one: str, other: str) -> bool:
        """Whether the embedder finds the translation of our own messages between these two languages."""
        if one == other:
            return True
        pair = frozenset((one, other))
        if pair not in self._bridges:
            self._bridges[pair] = self._probe(one, other)
        return self._bridges[pair]

    def _probe(self, one: str, other: str) -> bool:
        texts = [message(key, language) for language, key in product((one, other), PROBES)]
        if len(set(texts)) < len(texts):
            return False  # a language we have no words of
        matrix = self._embedded(texts)
        cosines = matrix[: len(PROBES)] @ matrix[len(PROBES) :].T
        found = bool((cosines.argmax(axis=1) == np.arange(len(PROBES))).all())
        return found and float(np.diag(cosines).mean()) >= LIKE_ENOUGH

    def remember(self, texts: Iterable[str]) -> None:
        """Embed these texts together, which is faster than one by one."""
        with self._lock:
            self._remember(texts)

    def _remember(self, texts: Iterable[str]) -> None:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if fresh:
            rows = self._embedder.embed_passages(self._fitting(fresh))
            self._vectors.update(zip(fresh, rows, strict=True))

    def _embedded(self, texts: Sequence[str]) -> Matrix:
        with self._lock:
            self._remember(texts)
            found = np.stack([self._vectors[text] for text in texts])
            while len(self._vectors) > KEPT:
                self._vectors.popitem(last=False)
        return found

    def _fitting(self, texts: Sequence[str]) -> list[str]:
        """As much of each text as the embedder reads."""
        most = self._embedder.max_tokens
        fitting = list(texts)
        for place, tokens in enumerate(self._embedder.count_tokens(texts)):
            while tokens > most:
                fitting[place] = fitting[place][: int(len(fitting[place]) * most / tokens * 0.95)]
                tokens = self._embedder.count_tokens([fitting[place]])[0]  # noqa: PLW2901 - counted again
        return fitting
