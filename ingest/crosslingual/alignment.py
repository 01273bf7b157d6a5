"""Which words translate which, from sentence pairs alone: IBM Model 1 (Brown et al. 1993, section 4.1) on numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

ITERATIONS = 6
LONGEST = 60  # distinct terms of one side; longer pairs align badly and cost most
LEAST_COUNT = 2  # pairs a term must stand in
NOTHING = 0  # the foreign word that English function words come from
TRUST = 5.0  # pairs that what is known of a term weighs as much as


@dataclass(frozen=True, slots=True)
class Translation:
    """A term of English with the probability that it translates the foreign one."""

    english: str
    probability: float


@dataclass(frozen=True, slots=True)
class _Cells:
    """Every (English term, foreign term) of every pair, flattened: its entry in the table, and its English position."""

    entry: np.ndarray
    position: np.ndarray
    positions: int


Known = Mapping[str, Sequence[Translation]]
Sides = Iterable[tuple[Iterable[str], Iterable[str]]]


def align(pairs: Sides, *, kept: int, least: float, known: Known | None = None) -> dict[str, tuple[Translation, ...]]:
    """Foreign term to its most probable English terms, best first: at most `kept`, each at least `least` probable.

    `pairs` are the terms of the English and of the foreign side of each pair. `known` is what terms are believed to
    mean beforehand; each weighs as much as TRUST pairs would.
    """
    known = known or {}
    sides = [(list(dict.fromkeys(e)), list(dict.fromkeys(f))) for e, f in pairs]
    sides = [(e, f) for e, f in sides if e and f and len(e) <= LONGEST and len(f) <= LONGEST]
    believed = [(t.english, term, t.probability) for term, found in known.items() for t in found]
    english = _numbered((e for e, _ in sides), first=0, also=[e for e, _, _ in believed])
    foreign = _numbered((f for _, f in sides), first=NOTHING + 1, also=list(known))
    width = len(foreign) + 1
    prior = np.array([english[e] * width + foreign[f] for e, f, _ in believed], dtype=np.int64)
    keys, cells = _cells(sides, english, foreign, prior=prior)
    owner = (keys % width).astype(np.int64)  # the foreign term of each entry
    weight = np.zeros(len(keys))
    np.add.at(weight, np.searchsorted(keys, prior), [TRUST * probability for _, _, probability in believed])
    table = _probabilities(cells, owner, count=width, prior=weight)
    return _best(table, keys, english=list(english), foreign=list(foreign), kept=kept, least=least)


def _numbered(sides: Iterable[Sequence[str]], *, first: int, also: Iterable[str]) -> Mapping[str, int]:
    counts = Counter(term for side in sides for term in side)
    frequent = sorted({term for term, count in counts.items() if count >= LEAST_COUNT}.union(also))
    return {term: number for number, term in enumerate(frequent, start=first)}


def _cells(
    sides: Sequence[tuple[list[str], list[str]]],
    english: Mapping[str, int],
    foreign: Mapping[str, int],
    *,
    prior: np.ndarray,
) -> tuple[np.ndarray, _Cells]:
    width = len(foreign) + 1
    codes: list[np.ndarray] = [prior]
    owners: list[np.ndarray] = []
    positions = 0
    for left, right in sides:
        e = np.array([english[term] for term in left if term in english], dtype=np.int64)
        f = np.array([NOTHING, *(foreign[term] for term in right if term in foreign)], dtype=np.int64)
        codes.append((e[:, None] * width + f[None, :]).ravel())
        owners.append(np.repeat(np.arange(positions, positions + len(e), dtype=np.int32), len(f)))
        positions += len(e)
    keys, entry = np.unique(np.concatenate(codes), return_inverse=True)
    position = np.concatenate(owners) if owners else np.empty(0, dtype=np.int32)
    return keys, _Cells(entry=entry[len(prior) :].astype(np.int32), position=position, positions=positions)


def _probabilities(cells: _Cells, owner: np.ndarray, *, count: int, prior: np.ndarray) -> np.ndarray:
    """t(english | foreign) of each entry, by expectation maximisation from uniform and what is believed."""
    table = 1.0 + prior
    table /= np.bincount(owner, table, minlength=count)[owner]
    for _ in range(ITERATIONS):
        weight = table[cells.entry]
        weight /= np.bincount(cells.position, weight, minlength=cells.positions)[cells.position]
        expected = np.bincount(cells.entry, weight, minlength=len(table)) + prior
        table = expected / np.bincount(owner, expected, minlength=count)[owner]
    return np.asarray(table)


def _best(
    table: np.ndarray, keys: np.ndarray, *, english: list[str], foreign: list[str], kept: int, least: float
) -> dict[str, tuple[Translation, ...]]:
    width = len(foreign) + 1
    rows = np.flatnonzero((table >= least) & (keys % width != NOTHING))
    rows = rows[np.argsort(-table[rows], kind="stable")]
    found: dict[str, list[Translation]] = {}
    for row in rows:
        e, f = divmod(int(keys[row]), width)
        translations = found.setdefault(foreign[f - 1], [])
        if len(translations) < kept:
            translations.append(Translation(english[e], round(float(table[row]), 3)))
    return {term: tuple(found[term]) for term in sorted(found)}
