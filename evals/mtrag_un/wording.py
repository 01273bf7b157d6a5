"""What the words of a question tell of how much they leave open, beside the words said before. English. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile

from assistant.answering.verification.vocabulary import function_words
from assistant.conversation.markers import wording_of
from assistant.domain.terms import terms
from evals.mtrag_un.task import Task

ENGLISH = "en"
WORD = re.compile(r"[a-z'-]+")
# "this tricolor flag", "the animal": what is spoken of as if it were known
KNOWN = re.compile(r"\b(this|that|these|those|the|such|its|their|his|her)\s+(?=((?:[a-z'-]+\s*){1,4}))")
POINTING = frozenset({"this", "that", "these", "those", "such"})
PRONOUN = re.compile(r"\b(it|its|they|them|their|he|she|his|her)\b")
NAME = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][\w-]+")
CLOSED = ("is", "are", "do", "does", "can", "did", "will")
OPEN = ("how", "what", "why")
NOWHERE = 9.0  # stands for the rarity of a word where there is none
LITTLE = tuple(sorted(function_words(ENGLISH)))

Rarity = Callable[[str], float]


def rarity_in(texts: Iterable[str]) -> Rarity:
    """How rare a term is among texts: its idf (Spärck Jones 1972)."""
    bags = [frozenset(terms(text, ENGLISH)) for text in texts]
    having = Counter(term for bag in bags for term in bag)
    return lambda term: math.log(1 + (len(bags) - having[term] + 0.5) / (having[term] + 0.5))


def little_words(question: str) -> list[float]:
    """For each word of LITTLE whether the question has it: English function words, the same in every subject."""
    said = set(WORD.findall(question.lower()))
    return [float(word in said) for word in LITTLE]


def wording_signs(task: Task, rarity: Rarity) -> dict[str, float]:
    """Counts and shares, by name."""
    *before, question = task.questions
    known = frozenset(terms(" ".join((*before, *task.replies)), ENGLISH))
    lowered, worded = question.lower(), wording_of(question, ENGLISH)
    words = lowered.split()
    new = [term for term in worded.content if term not in known]
    rare = [rarity(term) for term in worded.content]
    return {
        "first": float(not before),
        "words": len(words),
        "length": sum(map(len, words)) / max(len(words), 1),
        "content": len(worded.content),
        "new": len(new),
        "new_share": len(new) / max(len(worded.content), 1),
        "asked_before": float(bool(set(worded.content) & set(terms(" ".join(before), ENGLISH)))),
        "rarest": max(rare, default=0.0),
        "rare": sum(rare) / max(len(rare), 1),
        "commonest_new": min(map(rarity, new), default=NOWHERE),
        "names": len(NAME.findall(question)),
        "new_names": sum(not known.intersection(terms(name, ENGLISH)) for name in NAME.findall(question)),
        "number": float(any(sign.isdigit() for sign in question)),
        "refers": float(worded.refers),
        "opens": float(worded.opens),
        "pronoun": float(bool(PRONOUN.search(lowered))),
        "asks": float(lowered.rstrip().endswith("?")),
        "closed": float(lowered.startswith(CLOSED)),
        "open": float(lowered.startswith(OPEN)),
        "the": words.count("the"),
        "pointing": sum(words.count(word) for word in POINTING),
    } | _taken_as_known(lowered, known, rarity)


def _taken_as_known(lowered: str, known: frozenset[str], rarity: Rarity) -> dict[str, float]:
    """What is spoken of as if it were known, and how much of it nobody has said."""
    found = [(match.group(1), _head(match.group(2))) for match in KNOWN.finditer(lowered)]
    heads = [(how, head, len(phrase)) for how, phrase in found if phrase for head in terms(phrase[-1], ENGLISH)[:1]]
    unsaid = [(how, head, length) for how, head, length in heads if head not in known]
    return {
        "heads": len(heads),
        "unsaid": len(unsaid),
        "unsaid_commonest": min((rarity(head) for _, head, _ in unsaid), default=NOWHERE),
        "unsaid_rarest": max((rarity(head) for _, head, _ in unsaid), default=0.0),
        "unsaid_pointing": sum(how in POINTING for how, _, _ in unsaid),
        "unsaid_bare": sum(length == 1 for _, _, length in unsaid),
    }


def _head(run: str) -> Sequence[str]:
    return list(takewhile(lambda word: word not in LITTLE, run.split()))
