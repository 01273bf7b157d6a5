"""A lexicon file: foreign terms with the English words they may mean, one term a line, gzipped."""

from __future__ import annotations

import gzip
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assistant.domain.terms import terms, terms_with_words
from ingest.crosslingual.alignment import Translation, align
from ingest.crosslingual.pairs import Pair

# Eleven variants moved the development questions by less than their noise; these keep the files small.
KEPT, LEAST = 3, 0.05


def surfaces(pairs: Iterable[Pair]) -> dict[str, str]:
    """English term to the word it most often stands for: "partner" for "partner", "company" for "compani"."""
    counts: dict[str, Counter[str]] = {}
    for pair in pairs:
        for term, word in terms_with_words(pair.english, "en"):
            counts.setdefault(term, Counter())[word.lower()] += 1
    return {term: min(words, key=lambda word: (-words[word], word)) for term, words in counts.items()}


def learned_lexicon(pairs: Sequence[Pair], language: str, *, known: bytes = b"") -> bytes:
    """A lexicon file learned from pairs and, where given, from the file of what is known; same input, same bytes."""
    believed, words = _read(known) if known else ({}, {})
    entries = align(pairs, language, kept=KEPT, least=LEAST, known=believed)
    return _written(entries, words | surfaces(pairs))


def _read(data: bytes) -> tuple[dict[str, list[Translation]], dict[str, str]]:
    """The entries of a lexicon file, and the word that each English term stands for in it."""
    entries: dict[str, list[Translation]] = {}
    words: dict[str, str] = {}
    for line in gzip.decompress(data).decode().splitlines():
        term, _, translations = line.partition("\t")
        for translation in translations.split(" "):
            word, _, probability = translation.rpartition(":")
            english = terms(word, "en")[0]
            words.setdefault(english, word)
            entries.setdefault(term, []).append(Translation(english, float(probability)))
    return entries, words


def _written(entries: Mapping[str, Sequence[Translation]], words: Mapping[str, str]) -> bytes:
    lines = (
        f"{term}\t{' '.join(f'{words[t.english]}:{t.probability:g}' for t in translations)}\n"
        for term, translations in sorted(entries.items())
    )
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.write("".join(lines).encode())
    return packed.getvalue()
