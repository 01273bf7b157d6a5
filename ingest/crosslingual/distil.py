"""Learns the rows of an encoder from sentence pairs: a text in any language is to have the vector of its English.

Multilingual distillation (Reimers & Gurevych 2020) of a linear student has a closed form: ridge regression, solved here
by conjugate gradients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from tokenizers import Tokenizer

from assistant.ports.embedder import Matrix, Vector
from ingest.crosslingual.encoder import Encoder, folded
from ingest.crosslingual.pieces import encoded

ITERATIONS = 10
RIDGE = 1.0
BLOCK = 20_000  # examples whose predictions are held at once


@dataclass(frozen=True, slots=True)
class Lessons:
    """Texts to learn from: `targets[which[i]]` is the vector that `texts[i]` is to have."""

    texts: Sequence[str]
    which: np.ndarray
    targets: Matrix


def distil(lessons: Lessons, tokenizer: Tokenizer, *, weight: Vector, space: str) -> Encoder:
    """An encoder learned from nothing but these lessons."""
    width = lessons.targets.shape[1]
    nothing = np.zeros((tokenizer.get_vocab_size(), width), dtype=np.float32)
    return folded(tokenizer, _solved(lessons, tokenizer, weight=weight, start=nothing), weight=weight, space=space)


def refined(encoder: Encoder, lessons: Lessons) -> Encoder:
    """An encoder that keeps what it knows where the lessons say nothing, and else moves towards them."""
    learned = _solved(lessons, encoder.tokenizer, weight=encoder.weight, start=encoder.unfolded)
    return folded(encoder.tokenizer, learned, weight=encoder.weight, space=encoder.space)


def _solved(lessons: Lessons, tokenizer: Tokenizer, *, weight: Vector, start: Matrix) -> Matrix:
    """Rows W that minimize |X W - T|² + RIDGE |W - start|², X being unit bags of pieces (Hestenes & Stiefel 1952)."""
    bags = _bags(lessons.texts, tokenizer, weight=weight)
    diagonal = np.asarray(bags.multiply(bags).sum(axis=0)).ravel().astype(np.float32) + np.float32(RIDGE)
    change = np.zeros_like(start)
    residual = np.zeros_like(start)
    for block in _blocks(bags.shape[0]):
        missing = lessons.targets[lessons.which[block]] - bags[block] @ start
        residual += bags[block].T @ missing
    preconditioned = residual / diagonal[:, None]
    direction = preconditioned.copy()
    energy = np.einsum("ij,ij->j", residual, preconditioned)
    for _ in range(ITERATIONS):
        image = _applied(bags, direction)
        step = energy / np.maximum(np.einsum("ij,ij->j", direction, image), 1e-20)
        change += step * direction
        residual -= step * image
        preconditioned = residual / diagonal[:, None]
        energy, before = np.einsum("ij,ij->j", residual, preconditioned), energy
        direction = preconditioned + (energy / np.maximum(before, 1e-20)) * direction
    return start + change


def _applied(bags: sparse.csr_matrix, rows: Matrix) -> Matrix:
    image: Matrix = np.float32(RIDGE) * rows
    for block in _blocks(bags.shape[0]):
        image += bags[block].T @ (bags[block] @ rows)
    return image


def _blocks(count: int) -> list[slice]:
    return [slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]


def _bags(texts: Sequence[str], tokenizer: Tokenizer, *, weight: Vector) -> sparse.csr_matrix:
    """One row a text: the weight of each of its pieces as often as it stands there, of unit length."""
    ids = [np.array(found, dtype=np.int32) for found in encoded(tokenizer, texts)]
    ends = np.cumsum([0, *(len(found) for found in ids)])
    columns = np.concatenate(ids) if ids else np.empty(0, dtype=np.int32)
    shape = (len(texts), len(weight))
    bags = sparse.csr_matrix((np.where(columns == 0, 0, weight[columns]), columns, ends), shape=shape, dtype=np.float32)
    bags.sum_duplicates()
    lengths = np.sqrt(np.asarray(bags.multiply(bags).sum(axis=1)).ravel())
    return sparse.diags((1 / np.maximum(lengths, 1e-12)).astype(np.float32)) @ bags
