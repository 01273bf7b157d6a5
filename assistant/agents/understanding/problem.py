"""The customer's problem in the words of the message: the free sentence that is left when everything else is read."""

from __future__ import annotations

import regex

from assistant.agents.understanding.entities import FILL
from assistant.agents.understanding.lexicon import Lexicon, pattern
from assistant.agents.understanding.pieces import Piece, label

LEAST_WORDS = 3
LEAST_SIGNS = 6
SIGNS_A_WORD = 3
OPENERS = regex.compile(r"^[\s\-–—:,]+")


def problem(
    parts: list[Piece], taken: list[tuple[int, int]], text: str, words: Lexicon, *, by_user: bool = True
) -> tuple[str, int, int] | None:
    """The words with their place; None when nothing is said of it, or the writer does not know it.

    `taken` are places of the customer, the city, the person and the like. In what the assistant says (not `by_user`)
    only the sentence that sums up the deal counts.
    """
    labelled = _labelled(parts, text, words)
    if labelled is not None:
        return None if words.has("unknown", labelled[0]) else labelled
    if _unknown(parts, words):
        return None
    best: tuple[float, tuple[int, int]] | None = None
    summed_up = {part.sentence for part in parts if any(part.start < end and start < part.end for start, end in taken)}
    announcing = _announcing(parts, words)
    for group in _groups(parts, taken, words):
        if group[0].sentence in announcing or (not by_user and group[0].sentence not in summed_up):
            continue
        start, end = group[0].start, group[-1].end
        score = _weight(group, words)
        if score > 0 and (best is None or score > best[0]):
            best = (score, (start, end))
    if best is None:
        return None
    start, end = best[1]
    return text[start:end].strip(), start, end


def _labelled(parts: list[Piece], text: str, words: Lexicon) -> tuple[str, int, int] | None:
    for index, part in enumerate(parts[:-1]):
        if label(part, words) == "problem":
            rest = [other for other in parts[index + 1 :] if other.sentence == parts[index + 1].sentence]
            stop = next((n for n, other in enumerate(rest) if n and label(other, words)), len(rest))
            start, end = rest[0].start, rest[stop - 1].end
            return text[start:end], start, end
    return None


def _unknown(parts: list[Piece], words: Lexicon) -> bool:
    sentences: dict[int, str] = {}
    for part in parts:
        sentences[part.sentence] = sentences.get(part.sentence, "") + " " + part.text
    return any(words.has("problem_word", said) and words.has("unknown", said) for said in sentences.values())


def _announcing(parts: list[Piece], words: Lexicon) -> set[int]:
    """Sentences that only say what the lines below them are for: "Notes from the meeting, please register:"."""
    said: dict[int, list[Piece]] = {}
    for part in parts:
        said.setdefault(part.sentence, []).append(part)
    return {
        sentence
        for sentence, pieces in said.items()
        if pieces[-1].after in {":", "："} and words.has("register", " ".join(piece.rest for piece in pieces))
    }


def _groups(parts: list[Piece], taken: list[tuple[int, int]], words: Lexicon) -> list[list[Piece]]:
    """Runs of neighbouring free pieces of one sentence."""
    groups: list[list[Piece]] = []
    open_group = False
    for index, part in enumerate(parts):
        used = any(part.start < end and start < part.end for start, end in taken)
        after_label = index > 0 and label(parts[index - 1], words) != ""
        stated = FILL in part.rest and len(part.words) <= 3  # a fact with a word or two around it
        free = not used and not stated and not after_label and not label(part, words) and part.mark not in "(（"
        if free and open_group and groups[-1][-1].sentence == part.sentence:
            groups[-1].append(part)
        elif free:
            groups.append([part])
        open_group = free
    return groups


def _weight(group: list[Piece], words: Lexicon) -> float:
    said = " ".join(part.rest for part in group)
    signs = len(regex.findall(r"[\p{Han}\p{Hiragana}\p{Katakana}]", said))
    count, least = float(sum(len(part.words) for part in group)), float(LEAST_WORDS)
    if words.language == "ja":
        count, least = signs / SIGNS_A_WORD, LEAST_SIGNS / SIGNS_A_WORD
    if count < least or group[-1].after in {"?", "？"}:
        return 0
    trouble = words.has("trouble", said)
    if not trouble and (words.has("register", said) or words.has("lacks", said) or _names_a_contact(said, words)):
        return 0
    weight = min(count, 14) - 4 * said.count(FILL * 3)
    for cue, cost in (("request", 6), ("greeting", 6), ("aside", 6), ("unknown", 4)):
        weight -= cost if pattern(words.language, "cues", cue).search(said) else 0
    return weight + (4 if trouble else 0)


def _names_a_contact(said: str, words: Lexicon) -> bool:
    """Whether a sentence is about whom to write to: "Contact is their admin lead"."""
    opening = OPENERS.sub("", said)
    named = pattern(words.language, "labels", "contact").match(opening)
    return named is not None and not opening[named.end() : named.end() + 1].isalnum()
