"""Text to the terms of the BM25 arm: words are stemmed by language, Chinese, Japanese and Korean become bigrams."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

import regex
import Stemmer

# Language (ISO 639-1) to its Snowball stemmer; each has a BM25 index of its own, so that word statistics do not mix.
STEMMERS: dict[str, str] = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
}
CJK = "cjk"
OTHER = "other"
CJK_LANGUAGES = {"ja", "ko", "zh"}
ANALYSERS: tuple[str, ...] = (*STEMMERS, CJK, OTHER)

LONGEST_TERM = 64
IDEOGRAPHS = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー々]"
CJK_TERM = regex.compile(IDEOGRAPHS)
WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]+")
ASCII_WORD = re.compile(r"[A-Za-z0-9_]+")  # what WORD finds in ASCII, five times as fast
TOKEN = regex.compile(rf"(?P<cjk>{IDEOGRAPHS}+)|(?P<word>(?:(?!{IDEOGRAPHS})[\p{{L}}\p{{M}}\p{{N}}_])+)")


def analyser_of(language: str) -> str:
    """The analyser for a language tag such as "de", "pt-BR" or "zh-Hans"."""
    primary = language.replace("_", "-").split("-")[0].lower()
    if primary in STEMMERS:
        return primary
    return CJK if primary in CJK_LANGUAGES else OTHER


def terms(text: str, analyser: str) -> list[str]:
    """The terms of a text in order, repeated as often as they stand there.

    Words are lower-cased, stemmed (Snowball) and stripped of accents; runs of Chinese, Japanese or Korean characters
    become overlapping bigrams in every analyser, so a product name and its surroundings match in mixed text.
    """
    if text.isascii():
        return [_word(word, analyser) for word in ASCII_WORD.findall(text)]
    plain = unicodedata.normalize("NFKC", text)
    if CJK_TERM.search(plain):
        return [term for term, _ in terms_with_words(plain, analyser)]
    return [_word(word, analyser) for word in WORD.findall(plain)]  # the same, three times as fast


def terms_with_words(text: str, analyser: str) -> list[tuple[str, str]]:
    """The terms of a text, each with the word it comes from; a bigram comes from itself."""
    found: list[tuple[str, str]] = []
    for match in TOKEN.finditer(unicodedata.normalize("NFKC", text)):
        run = match.group("cjk")
        if run is None:
            word = match.group("word")
            found.append((_word(word, analyser), word))
        elif len(run) == 1:
            found.append((run, run))
        else:
            found.extend((run[i : i + 2], run[i : i + 2]) for i in range(len(run) - 1))
    return found


@lru_cache(maxsize=200_000)
def _word(word: str, analyser: str) -> str:
    lowered = word.lower()[:LONGEST_TERM]
    stemmed = _stemmers.of[analyser].stemWord(lowered) if analyser in STEMMERS else lowered
    plain = unicodedata.normalize("NFD", stemmed)
    return "".join(c for c in plain if not unicodedata.combining(c)) or lowered


class _Stemmers(threading.local):
    """The stemmers of one thread: a Snowball stemmer keeps state while it works."""

    def __init__(self) -> None:
        self.of = {analyser: Stemmer.Stemmer(name) for analyser, name in STEMMERS.items()}


_stemmers = _Stemmers()
