"""Sentence pairs to train on: `<language>.tsv.gz` with English, foreign and source, one pair a line."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SourceError

SUFFIX = ".tsv.gz"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same sentence in English and in another language, and where it was published."""

    english: str
    foreign: str
    source: str


def languages_in(folder: Path) -> list[str]:
    """The languages that have a file in a folder, such as "de" or "pt-BR"."""
    return sorted(path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}"))


def read_pairs(folder: Path, language: str, *, without: frozenset[str] = frozenset()) -> Iterator[Pair]:
    """The pairs of a language but those of the sources in `without`. Raises SourceError that names the wrong line."""
    path = folder / f"{language}{SUFFIX}"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                columns = line.rstrip("\n").split("\t")
                if len(columns) != 3:
                    raise SourceError(
                        f"{path}:{number}: {len(columns)} columns.", hint="Write English, foreign, source."
                    )
                pair = Pair(*columns)
                if pair.source not in without:
                    yield pair
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise SourceError(f"{path} cannot be read: {error}.", hint=f"Give a folder of {SUFFIX} files.") from error
