"""A lexicon file: foreign terms with the English words they may mean, one term a line, gzipped."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from assistant.domain.terms import terms_with_words
from ingest.crosslingual.alignment import Translation
from ingest.crosslingual.pairs import Pair


def surfaces(pairs: Iterable[Pair]) -> dict[str, str]:
    """English term to the word it most often stands for: "partner" for "partner", "company" for "compani"."""
    counts: dict[str, Counter[str]] = {}
    for pair in pairs:
        for term, word in terms_with_words(pair.english, "en"):
            counts.setdefault(term, Counter())[word.lower()] += 1
    return {term: min(words, key=lambda word: (-words[word], word)) for term, words in counts.items()}


def write_lexicon(path: Path, entries: Mapping[str, Sequence[Translation]], words: Mapping[str, str]) -> None:
    """Write a lexicon, the same bytes for the same entries. `words` are the surfaces of English terms."""
    lines = (
        f"{term}\t{' '.join(f'{words[t.english]}:{t.probability:g}' for t in translations)}\n"
        for term, translations in sorted(entries.items())
    )
    with path.open("wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        packed.write("".join(lines).encode())
