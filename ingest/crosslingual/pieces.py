"""Text to pieces of words, one set for all languages: the likeliest way to put a text together (Kudo 2018)."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from assistant.ports.embedder import Vector

UNKNOWN = "[UNK]"
START = "▁"  # stands before the first piece of a word
WORD = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7afー々]+")
LEAST_COUNT = 4  # occurrences below which no row can be learned
# Pieces of each kind, and how many times less likely a part of a word is than a word that stands there as often.
WORDS, BEGINNINGS, ENDINGS, RUNS = 32_000, 4_000, 2_500, 13_000
PART, CHARACTER = 4, 20
RARITY = 1e-3  # the constant a of smooth inverse frequency
BATCH = 10_000


def learn_pieces(texts: Iterable[str]) -> Tokenizer:
    """The pieces that these texts are best put together from. The same texts give the same pieces.

    They are counted, not trained: words, beginnings and endings of words, runs of two to four characters of languages
    without spaces, and every character. Training a unigram model took twenty times as long and was not repeatable.
    """
    found: dict[str, float] = {}
    for piece, count in _weighed(_counted(texts)):
        found[piece] = max(found.get(piece, 0.0), count)
    total = sum(found.values())
    scored = ((piece, round(math.log(count / total), 4)) for piece, count in found.items())
    pieces = sorted(scored, key=lambda each: (-each[1], each[0]))
    tokenizer = Tokenizer(models.Unigram([(UNKNOWN, 0.0), *pieces], unk_id=0))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Metaspace()])
    return tokenizer


def _counted(texts: Iterable[str]) -> Counter[str]:
    words: Counter[str] = Counter()
    for text in texts:
        words.update(WORD.findall(unicodedata.normalize("NFKC", text).lower()))
    return words


def _weighed(words: Counter[str]) -> Iterable[tuple[str, float]]:
    whole, beginnings, endings, runs, characters = (Counter[str]() for _ in range(5))
    for word, count in words.items():
        for character in word:
            characters[character] += count
        for part in UNSPACED.sub(" ", word).split():
            whole[part] += count
            for length in range(4, min(11, len(part))):
                beginnings[part[:length]] += count
            for length in range(1, min(8, len(part) - 2)):
                endings[part[-length:]] += count
        for run in UNSPACED.findall(word):
            for length in (2, 3, 4):
                for start in range(len(run) - length + 1):
                    runs[run[start : start + length]] += count
    yield from ((START + word, count) for word, count in _most(whole, WORDS))
    yield from ((START + part, count / PART) for part, count in _most(beginnings, BEGINNINGS))
    yield from ((part, count / PART) for part, count in _most(endings, ENDINGS))
    yield from ((run, count) for run, count in _most(runs, RUNS))
    for character, count in _most(characters, len(characters)):
        yield from ((piece, count / CHARACTER) for piece in (character, START + character, START))


def _most(counts: Counter[str], most: int) -> list[tuple[str, int]]:
    frequent = [(piece, count) for piece, count in counts.items() if count >= LEAST_COUNT]
    return sorted(frequent, key=lambda each: (-each[1], each[0]))[:most]


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
