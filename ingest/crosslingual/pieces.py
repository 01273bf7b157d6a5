"""Text to pieces of words, one set for all languages: a unigram tokenizer (Kudo 2018), without pieces nobody uses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from assistant.ports.embedder import Vector

UNKNOWN = "[UNK]"
LONGEST_PIECE = 16
LEAST_COUNT = 3  # occurrences below which no row can be learned
RARITY = 1e-3  # the constant a of smooth inverse frequency
BATCH = 10_000


def learn_pieces(texts: Sequence[str], *, most: int) -> Tokenizer:
    """At most `most` pieces, each in the texts often enough to learn from. The same texts give the same pieces."""
    tokenizer = _with(models.Unigram())
    trainer = trainers.UnigramTrainer(
        vocab_size=most,
        special_tokens=[UNKNOWN],
        unk_token=UNKNOWN,
        max_piece_length=LONGEST_PIECE,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer, length=len(texts))
    vocabulary = json.loads(tokenizer.to_str())["model"]["vocab"]
    counts = count_pieces(tokenizer, texts)
    kept = [(piece, score) for i, (piece, score) in enumerate(vocabulary) if i > 0 and counts[i] >= LEAST_COUNT]
    # Training adds up in another order each time: the last digits and the order of equals are made the same.
    steady = sorted(((piece, round(score, 4)) for piece, score in kept), key=lambda found: (-found[1], found[0]))
    return _with(models.Unigram([(UNKNOWN, 0.0), *steady], unk_id=0))


def count_pieces(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    """How often each piece stands in the texts."""
    counts: Counter[int] = Counter()
    for encoding in encoded(tokenizer, list(texts)):
        counts.update(encoding)
    return counts


def rarity(counts: Counter[int], *, pieces: int) -> Vector:
    """The smooth inverse frequency of each piece, a / (a + share), shape (pieces,)."""
    found = np.array([counts[i] for i in range(pieces)], dtype=np.float64)
    weight: Vector = (RARITY / (RARITY + found / max(found.sum(), 1))).astype(np.float32)
    return weight


def encoded(tokenizer: Tokenizer, texts: Sequence[str]) -> Iterable[list[int]]:
    """The pieces of each text, by number."""
    for start in range(0, len(texts), BATCH):
        for encoding in tokenizer.encode_batch_fast(texts[start : start + BATCH], add_special_tokens=False):
            yield encoding.ids


def _with(model: models.Model) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()])
    return tokenizer
