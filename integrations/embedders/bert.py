"""A BERT encoder with mean pooling as plain torch operations, for CPUs.

It computes what `sentence_transformers.SentenceTransformer.encode` computes for a Transformer + mean Pooling +
Normalize model, without importing that library: the import alone takes longer than a cold `liaison ask` may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from assistant.ports.embedder import Matrix

BATCH_TOKENS = 2048  # padded tokens of one batch: activations stay in the CPU's cache
PROBE_COSINE = 0.999  # the least likeness to float32 that half precision must keep
Affine = tuple[Tensor, Tensor]


class BertConfig(BaseModel):
    """The part of a model's config.json that the computation depends on."""

    hidden_size: int
    num_attention_heads: int
    num_hidden_layers: int
    layer_norm_eps: float


class BertEncoder:
    """Token ids to unit vectors. Batches run side by side, one per core; results do not depend on the batch."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        self.config = BertConfig.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        self._threads = threads
        self._weights = load_file(folder / "model.safetensors")
        self._exact = self._layers(torch.float32)
        self._fast: list[Layer] | None = None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.config.hidden_size

    def few(self, texts: Sequence[Sequence[int]]) -> Matrix:
        """The vectors of a few short texts in float32 with the least latency, shape (len(texts), dimension)."""
        torch.set_num_threads(1)
        return self._vectors(texts, self._exact)

    def weighed(self, texts: Sequence[Sequence[int]], weights: Sequence[Sequence[float]]) -> tuple[Matrix, Matrix]:
        """The vectors of `few`, and those in which each token counts by its weight."""
        torch.set_num_threads(1)
        with torch.inference_mode():
            hidden, real = self._hidden(texts, self._exact)
            counts = torch.zeros(real.shape)
            for row, each in enumerate(weights):
                counts[row, : len(each)] = torch.tensor(each)
            return _pooled(hidden, real), _pooled(hidden, counts)

    def many(self, texts: Sequence[Sequence[int]]) -> Matrix:
        """Vectors in the order given, shape (len(texts), dimension); bfloat16 where the processor computes it."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        layers = self._throughput_layers()

        def fill(batch: list[int]) -> None:
            torch.set_num_threads(1)
            out[batch] = self._vectors([texts[i] for i in batch], layers)

        with ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(fill, batches([len(ids) for ids in texts])):
                pass
        return out

    def _throughput_layers(self) -> list[Layer]:
        if self._fast is None:
            self._fast = self._half_precision() if has_bfloat16() else self._exact
        return self._fast

    def _half_precision(self) -> list[Layer]:
        """The layers in bfloat16, or in float32 when half precision would change the vectors."""
        half = self._layers(torch.bfloat16)
        probe = [list(range(1000 + 7 * n, 1000 + 7 * n + length)) for n, length in enumerate((4, 16, 64, 200))]
        likeness = (self._vectors(probe, self._exact) * self._vectors(probe, half)).sum(axis=1)
        return half if likeness.min() >= PROBE_COSINE else self._exact

    def _vectors(self, texts: Sequence[Sequence[int]], layers: list[Layer]) -> Matrix:
        with torch.inference_mode():
            return _pooled(*self._hidden(texts, layers))

    def _hidden(self, texts: Sequence[Sequence[int]], layers: list[Layer]) -> tuple[Tensor, Tensor]:
        """The last states of all tokens, and which of them are real."""
        longest = max(len(ids) for ids in texts)
        padded = torch.tensor([[*ids, *[0] * (longest - len(ids))] for ids in texts])
        lengths = torch.tensor([len(ids) for ids in texts])
        real = torch.arange(longest)[None, :] < lengths[:, None]
        hidden = self._embeddings(padded)
        mask = None if bool(real.all()) else real[:, None, None, :]
        for layer in layers:
            hidden = layer(hidden, mask)
        return hidden, real

    def _embeddings(self, ids: Tensor) -> Tensor:
        words, positions, types = (
            self._weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
        )
        total = functional.embedding(ids, words) + (positions[: ids.shape[1]] + types[0])
        return self._norm("embeddings.LayerNorm")(total)

    def _norm(self, name: str) -> Callable[[Tensor], Tensor]:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        shape, eps = (self.config.hidden_size,), self.config.layer_norm_eps
        return lambda hidden: functional.layer_norm(hidden, shape, weight, bias, eps)

    def _layers(self, dtype: torch.dtype) -> list[Layer]:
        return [self._layer(f"encoder.layer.{n}", dtype) for n in range(self.config.num_hidden_layers)]

    def _layer(self, prefix: str, dtype: torch.dtype) -> Layer:
        def affine(*names: str) -> Affine:
            parts = [(self._weights[f"{prefix}.{n}.weight"], self._weights[f"{prefix}.{n}.bias"]) for n in names]
            return torch.cat([w for w, _ in parts]).to(dtype), torch.cat([b for _, b in parts]).to(dtype)

        return Layer(
            heads=self.config.num_attention_heads,
            attend=affine("attention.self.query", "attention.self.key", "attention.self.value"),
            mix=affine("attention.output.dense"),
            widen=affine("intermediate.dense"),
            narrow=affine("output.dense"),
            norms=(self._norm(f"{prefix}.attention.output.LayerNorm"), self._norm(f"{prefix}.output.LayerNorm")),
        )


class Layer:
    """One transformer layer (Devlin et al. 2019): matrix products in the weights' precision, the rest in float32."""

    def __init__(
        self,
        *,
        heads: int,
        attend: Affine,
        mix: Affine,
        widen: Affine,
        narrow: Affine,
        norms: tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]],
    ) -> None:
        self._heads = heads
        self._attend, self._mix, self._widen, self._narrow = attend, mix, widen, narrow
        self._norm_attention, self._norm_output = norms

    def __call__(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        """The hidden states after this layer, shape and type as given; `mask` is True where a token is real."""
        count, length, width = hidden.shape
        dtype = self._attend[0].dtype
        states = functional.linear(hidden.to(dtype), *self._attend)
        query, key, value = states.view(count, length, 3, self._heads, width // self._heads).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = functional.linear(mixed.transpose(1, 2).reshape(count, length, width), *self._mix)
        hidden = self._norm_attention(hidden + mixed)
        wide = functional.gelu(functional.linear(hidden.to(dtype), *self._widen))
        return self._norm_output(hidden + functional.linear(wide, *self._narrow))


def _pooled(hidden: Tensor, counts: Tensor) -> Matrix:
    """The mean of each text's tokens, counted so often, as a unit vector."""
    mean = (hidden * counts[:, :, None]).sum(dim=1) / counts.sum(dim=1, keepdim=True)
    vectors: Matrix = functional.normalize(mean, dim=1).numpy()
    return vectors


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions grouped by similar length, longest first, at most BATCH_TOKENS padded tokens each."""
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    start = 0
    while start < len(order):
        size = max(1, BATCH_TOKENS // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware; emulation would be slower than float32."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())  # noqa: SLF001 (torch has no public query)
