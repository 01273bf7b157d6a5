"""A lexicon file: foreign terms with the English words they may mean, one term a line, gzipped.

A line is either about a stem, or, behind WRITTEN, about a word as it is written: "cómo" asks how where "como" says as.
"""

from __future__ import annotations

import gzip
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assistant.domain.terms import CJK, analyser_of, terms, terms_with_words
from ingest.crosslingual.alignment import Translation, align
from ingest.crosslingual.pairs import Pair

# Eleven variants moved the development questions by less than their noise; these keep the files small.
KEPT, LEAST = 3, 0.05
WRITTEN = "="  # no term has this character
KEPT_WRITTEN, LEAST_WRITTEN = 1, 0.1  # of a word as it is written only the likeliest is asked for


def surfaces(pairs: Iterable[Pair]) -> dict[str, str]:
    """English term to the word it most often stands for: "partner" for "partner", "company" for "compani"."""
    counts: dict[str, Counter[str]] = {}
    for pair in pairs:
        for term, word in terms_with_words(pair.english, "en"):
            counts.setdefault(term, Counter())[word.lower()] += 1
    return {term: min(words, key=lambda word: (-words[word], word)) for term, words in counts.items()}


def learned_lexicon(pairs: Sequence[Pair], language: str, *, known: bytes = b"") -> bytes:
    """A lexicon file learned from pairs and, where given, from the file of what is known; same input, same bytes."""
    believed = _read(known) if known else {}
    analyser = analyser_of(language)
    stems: dict[str, list[Translation]] = {}
    words = surfaces(pairs)
    for term, translations in believed.items():
        if not term.startswith(WRITTEN):
            for each in translations:
                english = terms(each.english, "en")[0]
                words.setdefault(english, each.english)
                stems.setdefault(term, []).append(Translation(english, each.probability))
    sides = ((terms(pair.english, "en"), terms(pair.foreign, analyser)) for pair in pairs)
    found = {
        term: [Translation(words[each.english], each.probability) for each in translations]
        for term, translations in align(sides, kept=KEPT, least=LEAST, known=stems).items()
    }
    if analyser != CJK:
        found |= _written_forms(pairs, analyser, believed)
    return _packed(found)


def _written_forms(
    pairs: Iterable[Pair], analyser: str, believed: Mapping[str, Sequence[Translation]]
) -> dict[str, list[Translation]]:
    """The likeliest English word for each word as it is written, by its line's term."""
    known = {term.removeprefix(WRITTEN): each for term, each in believed.items() if term.startswith(WRITTEN)}
    sides = ((_words(pair.english, "en"), _words(pair.foreign, analyser)) for pair in pairs)
    aligned = align(sides, kept=KEPT_WRITTEN, least=LEAST_WRITTEN, known=known)
    return {WRITTEN + word: list(translations) for word, translations in aligned.items()}


def _words(text: str, analyser: str) -> list[str]:
    return [word.lower() for _, word in terms_with_words(text, analyser)]


def _read(data: bytes) -> dict[str, list[Translation]]:
    """The entries of a lexicon file."""
    entries: dict[str, list[Translation]] = {}
    for line in gzip.decompress(data).decode().splitlines():
        term, _, translations = line.partition("\t")
        for translation in translations.split(" "):
            word, _, probability = translation.rpartition(":")
            entries.setdefault(term, []).append(Translation(word, float(probability)))
    return entries


def _packed(entries: Mapping[str, Sequence[Translation]]) -> bytes:
    lines = (
        f"{term}\t{' '.join(f'{t.english}:{t.probability:g}' for t in translations)}\n"
        for term, translations in sorted(entries.items())
    )
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.write("".join(lines).encode())
    return packed.getvalue()
