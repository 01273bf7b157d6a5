"""A question made whole by its thread, without a language model. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from assistant.conversation.markers import Wording, content_of, same_words, wording_of
from assistant.conversation.vocabulary import Name, Vocabulary
from assistant.domain.conversation import Background, Resolution, Turn, Understanding
from assistant.retrieval.language import primary, question_language

FRAGMENT = 2  # a question with so few words of content is no question by itself
ELLIPSIS = 5  # a question that opens as a continuation leaves something out up to so many
NEW = 3  # a shorter question without a word in common may still be about the same thing
TOGETHER = 2  # questions that make up a follow-up's text
# Chosen by measurement: docs/conversation.md.
REMEMBERED = 5  # turns that are searched for beside the question
WEIGHT = 0.5  # of the last question, where the present one has 1
DECAY = 0.6  # of each one before
BEGINNINGS = {Understanding.OPENING, Understanding.NEW_TOPIC}
QUESTION_END = regex.compile(r"(?<=[?？。.!])\s+")


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
    wording, topic = wording_of(asked, language), topic_of(turns)
    if is_whole(wording):
        found = _whole_question(asked, language, wording, topic)
    else:
        found = _follow_up(asked, language, wording, topic, vocabulary)
    again = next((t for t in reversed(turns) if same_words(t.resolution.text, found.text)), None)
    return _repeated(asked, again) if again else found


def language_of(question: str, turns: Sequence[Turn], locale: str) -> str:
    """The language of a question; that of the thread where the question is too short to tell."""
    last = turns[-1]
    before = last.resolution.language or (last.answer.language if last.answer else "")
    return question_language(
        question, default=before or question_language(last.resolution.text, default=primary(locale))
    )


def topic_of(turns: Sequence[Turn]) -> list[Turn]:
    """The newest turns that are about one thing, the last first."""
    found: list[Turn] = []
    for turn in reversed(turns):
        found.append(turn)
        if len(found) == REMEMBERED or turn.resolution.understanding in BEGINNINGS:
            break
    return found


def _repeated(asked: str, turn: Turn) -> Resolution:
    before = turn.resolution
    because = "asked before in this thread"
    again = Understanding.REPEATED
    return replace(before, asked=asked, understanding=again, used=(turn.position,), because=because, calls=0)


def _whole_question(asked: str, language: str, wording: Wording, topic: Sequence[Turn]) -> Resolution:
    """A question that needs no other: the history helps to find passages, unless it is about something else."""
    said = " ".join(f"{turn.resolution.text} {_titles(turn)}" for turn in topic)
    whole = Resolution(
        asked=asked,
        text=asked,
        understanding=Understanding.NEW_TOPIC,
        language=language,
        because="shares no word with what was asked before",
    )
    if len(wording.content) >= NEW and not set(wording.content) & set(content_of(said, language)):
        return whole
    return same_topic(whole, topic)


def same_topic(whole: Resolution, topic: Sequence[Turn]) -> Resolution:
    """A whole question with the history of its topic as background; `topic` is newest first."""
    return replace(
        whole,
        understanding=Understanding.STANDALONE,
        background=_background(topic),
        used=tuple(turn.position for turn in topic),
        because="a whole question on the same subject",
    )


def _follow_up(
    asked: str, language: str, wording: Wording, topic: Sequence[Turn], vocabulary: Vocabulary
) -> Resolution:
    """A question that leaves out or refers to what was asked before."""
    last = topic[0]
    base = last.resolution.text
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
        text=f"{_without_tail(exchanged)} {asked}",
        understanding=Understanding.CONTINUED,
        language=language,
        sought=asked,
        background=_background(topic),
        used=tuple(turn.position for turn in topic),
        because="refers to what was asked before" if wording.refers else "leaves out what was asked before",
    )


def _background(topic: Sequence[Turn]) -> tuple[Background, ...]:
    """What was said, the last first; follow-ups by what they were taken to mean where that is one question."""
    said = [turn.resolution.sought or turn.resolution.text for turn in topic]
    return tuple(Background(text, round(WEIGHT * DECAY**age, 4)) for age, text in enumerate(said))


def _titles(turn: Turn) -> str:
    """The titles that the answer cites: what the conversation has come to be about."""
    return " ".join(citation.title for citation in turn.answer.citations) if turn.answer else ""


def _without_tail(text: str) -> str:
    """The first question of a text that was put together from several: follow-ups of follow-ups do not pile up."""
    parts = QUESTION_END.split(text)
    return text if len(parts) <= TOGETHER else " ".join([parts[0], *parts[1 - TOGETHER :]])


def is_whole(wording: Wording) -> bool:
    """Whether a question says all it needs."""
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
