"""A text as the verifier reads it: terms, quantities, dates, names and cues, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from assistant.answering.verification.dates import Day, dates
from assistant.answering.verification.quantity import Quantity, quantities
from assistant.answering.verification.vocabulary import Phrase, function_words, phrases
from assistant.domain.terms import CJK_LANGUAGES, IDEOGRAPHS, analyser_of, terms

TOKEN = regex.compile(
    rf"(?P<cjk>{IDEOGRAPHS}+)|(?P<word>(?:(?!{IDEOGRAPHS})[\p{{L}}\p{{N}}_])(?:(?!{IDEOGRAPHS})[\p{{L}}\p{{M}}\p{{N}}_])*)"
)
APOSTROPHE = regex.compile(r"[’`´]")
CONTRACTION = regex.compile(
    r"\b(ca|could|do|does|did|is|are|was|were|would|should|has|have|had|must|need|wo|ai)n't\b", regex.IGNORECASE
)
CANNOT = regex.compile(r"\bcannot\b", regex.IGNORECASE)
CODE = regex.compile(
    r"https?://[^\s<>()]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|`[^`\n]+`|\b(?=[\w.-]*\d)(?=[\w.-]*\p{L})[\p{L}\p{N}]+(?:[._-][\p{L}\p{N}]+)*\b"
    r"|\b\d+(?:\.\d+){2,}\b|\b\d{1,2}:\d{2}\b"
)
ACRONYM = regex.compile(r"\b\p{Lu}[\p{Lu}\p{N}]+s?\b|\b\p{Lu}?\p{Ll}+\p{Lu}[\p{L}\p{N}]*\b")
CAPITALISED = regex.compile(r"\b\p{Lu}[\p{L}\p{N}]*[\p{Ll}\p{N}][\p{L}\p{N}]*\b")
OPENING = regex.compile(r"(?:^|[.!?:;•|\n]\s*|[-*+–—]\s+|[\"“‘(\[«]\s*)$")
KANA = regex.compile(r"\p{Hiragana}{2}")
BESIDE = 14  # characters between a bound and its number
TURNING = {"negation", "modality", "bound", "quantifier", "order", "condition"}
SCOPE_BEFORE, SCOPE_AFTER = 2, 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or two characters of Chinese, Japanese or Korean. `term` is its stem; `content` whether it claims."""

    lower: str
    term: str
    start: int
    end: int
    content: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase that turns or limits what stands around it; `scope` are the terms it bears on."""

    set: str
    group: str
    words: str
    at: int
    scope: frozenset[str]


@dataclass(frozen=True, slots=True)
class Name:
    """What is called by its name: a product, company, person, place, identifier or address."""

    words: str
    key: str
    start: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read.

    `content` are its distinct terms without function words and numbers, `numbers` the values of its quantities and
    dates, and `anchors` every word, term and value, to look others up in.
    """

    text: str
    language: str
    tokens: tuple[Token, ...]
    content: frozenset[str]
    numbers: frozenset[str]
    anchors: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: tuple[Day, ...]
    names: tuple[Name, ...]
    cues: tuple[Cue, ...]
    conditions: tuple[Cue, ...]

    def near(self, start: int, end: int, *, reach: int = 4) -> frozenset[str]:
        """The terms within `reach` content words on either side of a place."""
        before = [t.term for t in self.tokens if t.content and t.end <= start][-reach:]
        after = [t.term for t in self.tokens if t.content and t.start >= end][:reach]
        return frozenset((*before, *after))


@lru_cache(maxsize=4096)
def read(text: str, language: str) -> Reading:
    """A text as the verifier reads it; `language` is ISO 639-1."""
    primary = language.split("-", maxsplit=1)[0]
    text = APOSTROPHE.sub("'", text)
    if primary == "en":
        text = CANNOT.sub("can not", CONTRACTION.sub(lambda m: f"{_whole(m.group(1))} not", text))
    days = dates(text)
    numbers = [q for q in quantities(text, primary) if not any(d.start <= q.start < d.end for d in days)]
    taken = [(q.start, q.end) for q in numbers] + [(d.start, d.end) for d in days]
    tokens = _without_turning_words(_tokens(text, primary, taken), primary)
    cues, conditions = _cues(tokens, text, primary)
    cues = tuple(cue for cue in cues if cue.set != "bound" or cue.words in PURE_BOUNDS or _of_number(cue, numbers))
    values = frozenset(f"#{value}" for quantity in numbers for value in quantity.values)
    values |= frozenset(f"@{month}-{day_of}" for day in days for month, day_of in day.months)
    return Reading(
        text=text,
        language=primary,
        tokens=tokens,
        content=frozenset(t.term for t in tokens if t.content),
        numbers=values,
        anchors=values | frozenset(t.term for t in tokens) | frozenset(t.lower for t in tokens),
        quantities=tuple(numbers),
        dates=tuple(days),
        names=tuple(_names(text, primary, taken)),
        cues=cues,
        conditions=conditions,
    )


# Bounds that mean nothing else, also where the number stands elsewhere: "the minimum deal size is …".
PURE_BOUNDS = {
    *("at least", "at most", "minimum", "maximum", "mindestens", "höchstens", "maximal", "au moins", "au plus"),
    *("al menos", "como mínimo", "como máximo", "mínimo", "máximo", "pelo menos", "no mínimo", "no máximo"),
}


def _of_number(cue: Cue, numbers: Sequence[Quantity]) -> bool:
    """Whether a number stands beside a bound; "over" and "under" mean places as well."""
    end = cue.at + len(cue.words)
    return any(-BESIDE <= q.start - end <= BESIDE or 0 <= cue.at - q.end <= BESIDE for q in numbers)


def _whole(stem: str) -> str:
    return {"wo": "will", "ai": "is", "ca": "can"}.get(stem.lower(), stem)


def _tokens(text: str, language: str, taken: Sequence[tuple[int, int]]) -> tuple[Token, ...]:
    analyser, function = analyser_of(language), function_words(language)
    found: list[Token] = []
    for match in TOKEN.finditer(text):
        start, end = match.span()
        run = match.group("cjk")
        if run and len(run) > 1:
            found += [
                Token(run[i : i + 2], run[i : i + 2], start + i, start + i + 2, not KANA.fullmatch(run[i : i + 2]))
                for i in range(len(run) - 1)
            ]
            continue
        lower = match.group(0).lower()
        stemmed = terms(lower, analyser)
        claims = lower not in function and not any(a <= start < b for a, b in taken) and not lower.isdigit()
        claims = claims and (len(lower) > 1 or run is not None)
        found.append(Token(lower, stemmed[0] if stemmed else lower, start, end, claims))
    return tuple(found)


def _without_turning_words(tokens: tuple[Token, ...], language: str) -> tuple[Token, ...]:
    """The tokens, those that only turn or limit others no longer claims of their own."""
    if language in CJK_LANGUAGES:
        return tokens
    cues, conditions = _cues(tokens, "", language)
    turning = {cue.at: cue for cue in (*cues, *conditions) if cue.set in TURNING}
    places: set[int] = set()
    for i, token in enumerate(tokens):
        if token.start in turning:
            places |= set(range(i, i + len(turning[token.start].words.split())))
    return tuple(replace(token, content=token.content and i not in places) for i, token in enumerate(tokens))


def _cues(tokens: Sequence[Token], text: str, language: str) -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
    if language in CJK_LANGUAGES:
        return _cues_by_character(text, language, tokens)
    known = phrases(language)
    cues: list[Cue] = []
    conditions: list[Cue] = []
    swallowed = -1
    for i, token in enumerate(tokens):
        fitting = [p for p in (*known.get(token.lower, ()), *known.get(token.lower[0], ())) if _fits(p, tokens, i)]
        conditions += [_cue(p, tokens, i) for p in fitting if p.set == "condition"][:1]
        others = [p for p in fitting if p.set != "condition"]
        if not others or i <= swallowed:
            continue
        longest = max(len(p.words) for p in others)
        chosen = [p for p in others if len(p.words) == longest]
        cues += [_cue(p, tokens, i) for p in chosen if p.set != "nothing"]
        swallowed = i + longest - 1
    return tuple(cues), tuple(conditions)


def _fits(phrase: Phrase, tokens: Sequence[Token], at: int) -> bool:
    words = phrase.words
    if at + len(words) > len(tokens):
        return False
    for offset, word in enumerate(words):
        lower = tokens[at + offset].lower
        last = offset == len(words) - 1
        if not (lower.startswith(word) if phrase.open_ended and last else lower == word):
            return False
    return True


def _cue(phrase: Phrase, tokens: Sequence[Token], at: int) -> Cue:
    before = [t.term for t in tokens[max(0, at - 8) : at] if t.content][-SCOPE_BEFORE:]
    after = [t.term for t in tokens[at + len(phrase.words) : at + len(phrase.words) + 10] if t.content][:SCOPE_AFTER]
    if phrase.set in {"negation", "modality"}:
        before = before[-1:]
    return Cue(phrase.set, phrase.group, " ".join(phrase.words), tokens[at].start, frozenset((*before, *after)))


def _cues_by_character(text: str, language: str, tokens: Sequence[Token]) -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
    """Cues of languages without blanks: what a cue bears on stands before it."""
    cues: list[Cue] = []
    conditions: list[Cue] = []
    at = 0
    while at < len(text):
        fitting = [p for p in phrases(language).get(text[at], ()) if text.startswith(p.words[0], at)]
        if not fitting:
            at += 1
            continue
        phrase = fitting[0]
        scope = frozenset([t.term for t in tokens if t.content and t.end <= at + 1][-4:])
        cue = Cue(phrase.set, phrase.group, phrase.words[0], at, scope)
        if phrase.set == "condition":
            conditions.append(cue)
        elif phrase.set != "nothing":
            cues.append(cue)
        at += len(phrase.words[0])
    return tuple(cues), tuple(conditions)


def _names(text: str, language: str, taken: Sequence[tuple[int, int]]) -> list[Name]:
    found: dict[int, Name] = {}
    patterns = [CODE, ACRONYM] if language in {"de", *CJK_LANGUAGES} else [CODE, ACRONYM, CAPITALISED]
    covered: list[tuple[int, int]] = [*taken]
    for pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span()
            inside = any(a <= start < b for a, b in covered)
            opening = pattern is CAPITALISED and OPENING.search(text, max(0, start - 4), start)
            if inside or opening or match.group(0).lower() in function_words(language):
                continue
            covered.append((start, end))
            words = match.group(0).strip("`")
            found[start] = Name(words, key_of(words), start)
    return [found[start] for start in sorted(found)]


def key_of(name: str) -> str:
    """A name for comparison: without case, plural and possessive endings."""
    lowered = name.lower().strip("`'.")
    return lowered[:-1] if len(lowered) > 3 and lowered.endswith("s") and not lowered.endswith("ss") else lowered
