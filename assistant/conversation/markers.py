"""What in the wording of a question tells that it needs the one before it. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex
import yaml

from assistant.domain.terms import analyser_of, terms

FILE = Path(__file__).parent / "follow_ups.yaml"
UNSPACED = {"ja"}
RUN = regex.compile(r"\p{Han}+|[\p{Katakana}ー]+|[\p{Latin}\p{N}]+")
QUESTION_MARKS = " \t\n?？!！.。,、;:…\"'«»„“”"


@dataclass(frozen=True, slots=True)
class Markers:
    """The follow-up wording of one language. A pattern is None where the language has nothing of the kind."""

    opener: regex.Pattern[str]
    referring: regex.Pattern[str]
    expletive: regex.Pattern[str]
    empty: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """How a question is worded: whether it opens as a continuation, refers back, and which words carry content."""

    opens: bool
    refers: bool
    content: tuple[str, ...]


def wording_of(question: str, language: str) -> Wording:
    """The wording of a question, read in a language; in English where the language has no markers of its own."""
    markers = _markers().get(language) or _markers()["en"]
    lowered = " ".join(question.casefold().split())
    without = markers.expletive.sub(" ", lowered)
    return Wording(
        opens=markers.opener.match(lowered) is not None,
        refers=markers.referring.search(without) is not None,
        content=content_of(question, language),
    )


def content_of(text: str, language: str) -> tuple[str, ...]:
    """The terms of a text that carry content, in order and each once."""
    markers = _markers().get(language)
    empty = markers.empty if markers else frozenset()
    return tuple(dict.fromkeys(word for word in _words(text, language) if word not in empty))


def _words(text: str, language: str) -> list[str]:
    """Stems; in Japanese the runs of ideographs, of katakana and of letters, since what is between them is grammar."""
    if language in UNSPACED:
        return [run.casefold() for run in RUN.findall(unicodedata.normalize("NFKC", text))]
    return terms(text, analyser_of(language))


def same_words(one: str, other: str) -> bool:
    """Whether two questions are the same but for case, spaces and punctuation; nothing but marks is like nothing."""
    return bool(_bare(one)) and _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).strip(QUESTION_MARKS + "¿¡")


@cache
def _markers() -> dict[str, Markers]:
    loaded: dict[str, dict[str, object]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {language: _read(language, rows) for language, rows in loaded.items()}


def _read(language: str, rows: dict[str, object]) -> Markers:
    spaced = language not in UNSPACED
    return Markers(
        opener=_pattern(rows["openers"], spaced=spaced),
        referring=_pattern(rows["referring"], spaced=spaced),
        expletive=_pattern(rows["expletive"], spaced=spaced),
        empty=frozenset(each for word in str(rows["empty"]).split() for each in _words(word, language)),
    )


def _pattern(rows: object, *, spaced: bool) -> regex.Pattern[str]:
    """Any of the rows; as whole words where the language puts spaces between them and the row does not end in one."""
    each = [str(row) for row in rows] if isinstance(rows, list) else []
    ends = [row if row.endswith((" ", "$")) or not spaced else rf"(?:{row})(?![\p{{L}}\p{{N}}])" for row in each]
    before = r"(?<![\p{L}\p{N}])" if spaced else ""
    return regex.compile(f"{before}(?:{'|'.join(f'(?:{row})' for row in ends)})" if ends else r"(?!)")
