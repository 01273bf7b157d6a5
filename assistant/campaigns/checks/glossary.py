"""Glossary: words of the trade are said as the glossary says, inflected or not, and never in a forbidden way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex
import Stemmer

from assistant.campaigns.finding import Finding, error, warning
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.segment import WORD, Segment, Term

STEMMERS = {
    "ar": "arabic", "de": "german", "en": "english", "es": "spanish", "fr": "french", "it": "italian",
    "nl": "dutch", "pl": "polish", "pt": "portuguese", "sv": "swedish",
}  # fmt: skip

APART = regex.compile("['’-]")
COMPOUNDING = frozenset({"de", "nl", "sv"})
OENS = regex.compile(r"(?:ões|ães|ãos)$")
BORROWED = regex.compile(r"[^aeiouáéíóúàèìòùs]s$")


def check(segment: Segment) -> Iterator[Finding]:
    """An error for a forbidden word, a warning where none of the approved ones is used. The longest term wins."""
    if not segment.glossary:
        return
    target = stems(segment.bare_target, segment.locale)
    if segment.locale.language in COMPOUNDING:  # of a compound the stemmer may take another ending
        target += " ".join(segment.bare_target.casefold().split())
    for term in said(segment.bare_source, segment.glossary, segment.source_locale):
        yield from _judged(term, target, segment)


def said(text: str, terms: Sequence[Term], locale: LocalePack) -> Iterator[Term]:
    """The terms that a text has, the longest first; words of a longer one are not a shorter one, too."""
    rest = stems(text, locale)
    for term in sorted(terms, key=lambda term: len(term.source), reverse=True):
        wanted = stems(term.source, locale).strip()
        if f" {wanted} " in rest or (not locale.spaced and wanted in rest):
            rest = rest.replace(f" {wanted} ", " ")
            yield term


def _judged(term: Term, target: str, segment: Segment) -> Iterator[Finding]:
    approved = any(_within(form, target, segment.locale) for form in term.approved)
    for form in term.forbidden:
        if _within(form, target, segment.locale) and not any(form in each for each in term.approved if approved):
            yield error("glossary", f"“{form}” is forbidden for “{term.source}”; say {_either(term)}", form)
            return
    if not approved:
        yield warning("glossary", f"“{term.source}” should be {_either(term)}", term.source)


def _either(term: Term) -> str:
    return " or ".join(f"“{form}”" for form in term.approved)


def _within(form: str, target: str, locale: LocalePack) -> bool:
    """Whole words by stem; in compounding and agglutinating languages, or without spaces, anywhere."""
    wanted = stems(form, locale).strip()
    if locale.language in COMPOUNDING and form.casefold() in target:
        return True
    if not locale.spaced or locale.language in COMPOUNDING | {"ko", "ar"}:
        return wanted.replace(" ", "") in target.replace(" ", "")
    return f" {wanted} " in target


def stems(text: str, locale: LocalePack) -> str:
    """The stems of a text, each between spaces; the letters alone where words are not separated."""
    return _stems(text, locale.language) if locale.spaced else "".join(text.split()).casefold()


@lru_cache(maxsize=4096)
def _stems(text: str, language: str) -> str:
    words = [part for word in WORD.findall(text.casefold()) for part in APART.split(word) if part]
    words = [_singular(word, language) for word in words]
    stemmer = _stemmer(language)
    return f" {' '.join(stemmer.stemWords(words) if stemmer else words)} "


def _singular(word: str, language: str) -> str:
    """What stemmers leave of plurals: soluções, and borrowed words such as partners."""
    if language == "pt":
        return str(OENS.sub("ão", word))
    return word[:-1] if language in {"es", "it"} and BORROWED.search(word) else word


@lru_cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    known = STEMMERS.get(language)
    return Stemmer.Stemmer(known) if known in Stemmer.algorithms() else None
