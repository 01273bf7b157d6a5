"""A question made whole by its thread, without a language model. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversation.markers import Wording, content_of, same_words, wording_of
from assistant.conversation.vocabulary import Name, Vocabulary
from assistant.domain.conversation import Background, Resolution, Turn, Understanding
from assistant.retrieval.language import primary, question_language

FRAGMENT = 2  # a question with so few words of content is no question by itself
ELLIPSIS = 5  # a question that opens as a continuation leaves something out up to so many


def resolve(question: str, turns: Sequence[Turn], *, vocabulary: Vocabulary, locale: str = "en") -> Resolution:
    """What a question means after these turns, oldest first.

    `locale` is the asker's; it decides the language where neither the question nor the thread tells.
    """
    asked = question.strip()
    if not turns or not asked:
        return Resolution(asked=asked, text=asked, understanding=Understanding.OPENING)
    last = turns[-1]
    if same_words(asked, last.resolution.asked):
        return _repeated(asked, last)
    language = language_of(asked, turns, locale)
    wording = wording_of(asked, language)
    found = _resolved(asked, language, wording, last, vocabulary)
    again = next((t for t in reversed(turns) if same_words(t.resolution.text, found.text)), None)
    return _repeated(asked, again) if again else found


def language_of(question: str, turns: Sequence[Turn], locale: str) -> str:
    """The language of a question; that of the thread where the question is too short to tell."""
    before = turns[-1].resolution.language or (turns[-1].answer.language if turns[-1].answer else "")
    return question_language(question, default=before or primary(locale))


def _repeated(asked: str, turn: Turn) -> Resolution:
    before = turn.resolution
    return Resolution(
        asked=asked,
        text=before.text,
        understanding=Understanding.REPEATED,
        language=before.language,
        background=before.background,
        used=(turn.position,),
        because="asked before in this thread",
    )


def _resolved(asked: str, language: str, wording: Wording, last: Turn, vocabulary: Vocabulary) -> Resolution:
    base = last.resolution.text
    if _whole(wording):
        shared = set(wording.content) & set(content_of(base, language))
        topic = Understanding.STANDALONE if shared else Understanding.NEW_TOPIC
        return Resolution(asked=asked, text=asked, understanding=topic, language=language, because="a whole question")
    exchanged, left = exchange(base, asked, vocabulary)
    if exchanged != base and not wording.refers and not content_of(left, language):
        return Resolution(
            asked=asked,
            text=exchanged,
            understanding=Understanding.SUBSTITUTED,
            language=language,
            used=(last.position,),
            because="one name in the place of another",
        )
    return Resolution(
        asked=asked,
        text=f"{exchanged} {asked}",
        understanding=Understanding.CONTINUED,
        language=language,
        background=(Background(exchanged, 0.5),),
        used=(last.position,),
        because="refers to what was asked before" if wording.refers else "leaves out what was asked before",
    )


def _whole(wording: Wording) -> bool:
    if wording.refers:
        return False
    return len(wording.content) > (ELLIPSIS if wording.opens else FRAGMENT)


def exchange(base: str, fragment: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """`base` with the names of `fragment` in the place of its own of the same kind, and what is left of `fragment`.

    A kind of which `base` names several things is left as it is: nobody can tell which one is meant.
    """
    there = vocabulary.names(base)
    left = fragment
    for name in vocabulary.names(fragment):
        word = fragment[name.start : name.end]
        same_kind = [n for n in there if n.kind == name.kind]
        if len({base[n.start : n.end].casefold() for n in same_kind}) == 1:
            base = _put(base, same_kind, word)
            there = vocabulary.names(base)
            left = left.replace(word, " ", 1)
    return base, left


def _put(text: str, places: Sequence[Name], word: str) -> str:
    for place in reversed(places):
        text = text[: place.start] + word + text[place.end :]
    return text
