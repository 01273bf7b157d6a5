"""A question in any language to a vector in the embedder's space: the mean of learned rows, one a piece of a word."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save
from tokenizers import Tokenizer

from assistant.ports.embedder import Matrix, Vector

Rows = NDArray[np.int8]


@dataclass(frozen=True)
class Encoder:
    """What sentence-transformers' `StaticEmbedding` computes from the same tokenizer and rows, then unit length.

    `rows` are whole numbers, shape (pieces, dimension), each to be multiplied by its `scale`; `weight` is the share of
    that scale which the rarity of the piece gave (smooth inverse frequency, Arora et al. 2017). Piece 0 is what no
    piece covers; its row is zero. `space` is the fingerprint of the embedder whose vectors it imitates.
    """

    tokenizer: Tokenizer
    rows: Rows
    scale: Vector
    weight: Vector
    space: str

    def vector(self, text: str) -> Vector | None:
        """The unit vector of a text, shape (dimension,), or None when no piece of it is known."""
        vector: Vector = self.vectors([text])[0]
        return vector if vector.any() else None

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """A row for each text, its unit vector, or zeros when no piece of it is known."""
        found = np.zeros((len(texts), self.rows.shape[1]), dtype=np.float32)
        for place, encoding in enumerate(self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)):
            ids = encoding.ids
            total: Vector = self.scale[ids] @ self.rows[ids].astype(np.float32)
            length = float(np.linalg.norm(total))
            if length > 0:
                found[place] = total / np.float32(length)
        return found

    @cached_property
    def unfolded(self) -> Matrix:
        """The rows without the rarity of their pieces, which is what is learned; shape (pieces, dimension)."""
        return self.rows * (self.scale / self.weight)[:, None]

    def to_bytes(self) -> bytes:
        """A safetensors file; the same encoder gives the same bytes."""
        told = gzip.compress(self.tokenizer.to_str().encode(), mtime=0)
        tensors: dict[str, np.ndarray] = {
            "rows": self.rows,
            "scale": self.scale,
            "weight": self.weight,
            "tokenizer": np.frombuffer(told, dtype=np.uint8),
            "space": np.frombuffer(self.space.encode(), dtype=np.uint8),
        }
        return save(tensors)

    @classmethod
    def from_bytes(cls, data: bytes) -> Encoder:
        """The encoder of a file. Raises ValueError when it is none."""
        try:
            tensors = load(data)
            told = gzip.decompress(tensors["tokenizer"].tobytes()).decode()
            return cls(
                tokenizer=Tokenizer.from_str(told),
                rows=tensors["rows"],
                scale=tensors["scale"],
                weight=tensors["weight"],
                space=tensors["space"].tobytes().decode(),
            )
        except (SafetensorError, KeyError, OSError, EOFError) as error:
            raise ValueError(f"not an encoder: {error}") from error


def folded(tokenizer: Tokenizer, learned: Matrix, *, weight: Vector, space: str) -> Encoder:
    """An encoder of learned rows, each multiplied by its weight and rounded to 8 bits."""
    rows = learned * weight[:, None]
    rows[0] = 0
    scale = np.maximum(np.abs(rows).max(axis=1) / 127, 1e-12).astype(np.float32)
    return Encoder(tokenizer, np.rint(rows / scale[:, None]).astype(np.int8), scale, weight=weight, space=space)
