"""Languages without questions, measured on sentences held back: `python -m evals.language_pairs PAIRS LANGUAGE…`.

A lexicon is learned from four fifths of a language's pairs; of the rest those are asked whose English the shipped
encoder was not learned from, or, marked by a star, any where too few of those are left. Each foreign sentence has to
find its English among all of them, first or among five.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.domain.terms import terms
from assistant.ports.embedder import Embedder, Matrix, Vector
from assistant.ports.lexicon import InEnglish
from assistant.retrieval.language import primary
from ingest.crosslingual.fit import divided, overlap
from ingest.crosslingual.lesson import sentences, vectors
from ingest.crosslingual.lexicon import learned_lexicon
from ingest.crosslingual.pairs import Pair, languages_in, read_pairs
from ingest.crosslingual.training import SENTENCES, SHARED
from integrations.bootstrap import build
from integrations.languages import FileLexicon
from integrations.languages.shelf import ENCODER, FOLDER, Shelf, write_shelf
from integrations.settings import Settings

ASKED = 300  # sentences of a language
FEWEST = 100  # below which those that the encoder knows are asked too
WORDS = (4, 25)  # of the English: as long as a question
WAYS = ("MiniLM alone", "encoder", "encoder and gloss", "words", "all together")


def main(arguments: list[str] | None = None) -> int:
    """Print recall at one and at five for each language and way to search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("languages", nargs="+")
    options = parser.parse_args(arguments)
    every = {name: list(read_pairs(options.pairs, name)) for name in languages_in(options.pairs)}
    taught = frozenset(sentences(every, languages=min(SHARED, len(every))).drawn(SENTENCES).english)
    embedder = build(Settings()).embedder
    sys.stdout.write(f"{'':8}{'asked':>6}  " + "  ".join(f"{way:>18}" for way in WAYS) + "\n")
    for name in options.languages:
        learnt, held = divided(every[name])
        asked = _asked(held, taught)
        star = "*" if len(asked) < FEWEST else " "
        asked = _asked(held, frozenset()) if star == "*" else asked
        with TemporaryDirectory() as aside:
            files = {primary(name): learned_lexicon(learnt, name), ENCODER: Shelf((FOLDER,)).read(ENCODER)}
            write_shelf(Path(aside), files, space=embedder.fingerprint)
            lexicon = FileLexicon(Shelf((Path(aside),)), space=embedder.fingerprint)
            found = [said for pair in asked if (said := lexicon.in_english(pair.foreign, name))]
        shown = _recalls(asked, found, embedder)
        sys.stdout.write(
            f"{name:8}{len(asked):5}{star}  " + "  ".join(f"{r1:9.3f} {r5:8.3f}" for r1, r5 in shown) + "\n"
        )
        sys.stdout.flush()
    return 0


def _asked(held: Sequence[Pair], taught: frozenset[str]) -> list[Pair]:
    """One pair for each English sentence that fits, in an order of its own, at most ASKED."""
    fitting = {
        pair.english: pair
        for pair in held
        if pair.english not in taught and WORDS[0] <= len(pair.english.split()) <= WORDS[1]
    }
    lot = np.random.default_rng(0).permutation(len(fitting))[:ASKED]
    every = [fitting[english] for english in sorted(fitting)]
    return [every[int(i)] for i in lot]


def _recalls(asked: Sequence[Pair], found: Sequence[InEnglish], embedder: Embedder) -> list[tuple[float, float]]:
    """Recall at one and at five of each of WAYS."""
    english = [pair.english for pair in asked]
    passages = _vectors(english, embedder)
    words = [frozenset(terms(text, "en")) for text in english]
    direct = _vectors([pair.foreign for pair in asked], embedder) @ passages.T
    learned = np.array([np.zeros(embedder.dimension) if said.vector is None else said.vector for said in found])
    glossed = _vectors([said.gloss or "-" for said in found], embedder)
    meant = learned + glossed
    meant /= np.linalg.norm(meant, axis=1, keepdims=True)
    lexical = np.array([overlap(said.words, words) for said in found])
    dense = np.maximum(direct, meant @ passages.T)
    together = _scaled(dense) + 0.8 * _scaled(lexical)
    return [_recall(scores) for scores in (direct, learned @ passages.T, meant @ passages.T, lexical, together)]


def _vectors(texts: Sequence[str], embedder: Embedder) -> Matrix:
    return vectors(texts, embedder, told=lambda _: None)


def _scaled(scores: Matrix) -> Matrix:
    """Each row from 0 at its lowest to 1 at the mean of its ten best."""
    low = scores.min(axis=1, keepdims=True)
    top = np.sort(scores, axis=1)[:, -10:].mean(axis=1, keepdims=True)
    scaled: Matrix = (scores - low) / np.maximum(top - low, 1e-9)
    return scaled


def _recall(scores: Matrix) -> tuple[float, float]:
    own: Vector = np.diag(scores)
    ahead = (scores >= own[:, None]).sum(axis=1) - 1
    return float((ahead < 1).mean()), float((ahead < 5).mean())


if __name__ == "__main__":
    sys.exit(main())
