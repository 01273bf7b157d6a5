"""Language: the target is in the language of its locale; text too short to tell is not judged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Protocol

import regex

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "sv", "zh")
SCRIPTS = {
    "Jpan": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]"),
    "Hans": regex.compile(r"\p{Han}"),
    "Kore": regex.compile(r"\p{Hangul}"),
    "Arab": regex.compile(r"\p{Arabic}"),
    "Latn": regex.compile(r"\p{Latin}"),
}
KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
LETTER = regex.compile(r"\p{L}")
LATIN_WORDS = regex.compile(r"\p{Latin}{2,}")
ENOUGH = 18
FULL = 40  # from here on the identifier is nearly always right
MARGIN, SHORT_MARGIN = 6.0, 17.0  # of log-probability, chosen on the copy of evals/campaign_checks.py


class Ranker(Protocol):
    """The part of py3langid's identifier that is used."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Languages with their scores, best first."""
        ...


def check(segment: Segment) -> Iterator[Finding]:
    """An error for another script or another language."""
    if not segment.translated:
        return
    text = segment.own_words[1]
    count = len(LETTER.findall(text))
    own = len(SCRIPTS[segment.locale.script].findall(text))
    expected = segment.locale.language
    if count and segment.locale.script != "Latn" and own == 0 and len(LATIN_WORDS.findall(text)) > 2:
        yield error("language", f"the text has no letters of {segment.locale.name}")
    elif count >= 4 and segment.locale.script == "Latn" and own * 2 < count:
        yield error("language", f"the text is not in the script of {segment.locale.name}")
    elif (expected == "zh" and len(KANA.findall(text)) > 1) or (
        expected == "ja" and own >= ENOUGH and not KANA.search(text)
    ):
        yield error("language", f"the text is not {segment.locale.name}")
    elif count >= ENOUGH and segment.locale.script == "Latn":
        found = _other(text, expected, margin=MARGIN if count >= FULL else SHORT_MARGIN)
        if found:
            yield error("language", f"the text looks like {found}, not {expected}")


def _other(text: str, expected: str, *, margin: float) -> str:
    ranked = _identifier().rank(" ".join(text.split()).casefold())
    scores = dict(ranked)
    best, score = ranked[0]
    return best if best != expected and score - scores.get(expected, score) > margin else ""


@cache
def _identifier() -> Ranker:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 (the model takes half a second)

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    loaded: Ranker = identifier
    return loaded
