"""True sentences said otherwise without a change of meaning. Written apart from the verifier and its word lists."""

from __future__ import annotations

import random
import re

SYNONYMS = {
    "in order to": "to",
    "must": "need to",
    "need to": "have to",
    "can": "are able to",
    "each": "every",
    "at least": "a minimum of",
    "utilize": "use",
    "purchase": "buy",
    "obtain": "get",
    "prior to": "before",
    "requires": "needs",
    "information": "details",
    "provide": "give",
    "receive": "get",
    "select": "choose",
    "displays": "shows",
    "additional": "further",
    "example": "instance",
    "such as": "like",
    "because": "since",
    "also": "in addition",
    "assist": "help",
    "begin": "start",
    "ensure": "make sure",
    "multiple": "several",
    "after": "once",
    "currently": "at present",
    "more than": "over",
    "located": "found",
    "create": "set up",
    "view": "see",
    "submit": "send in",
    "modify": "change",
    "delete": "remove",
    "various": "different",
    "however": "but",
    "large": "big",
    "whole": "entire",
    "near": "close to",
    "often": "frequently",
    "people": "persons",
    "made": "produced",
}
SYNONYM = re.compile(r"\b(" + "|".join(sorted(SYNONYMS, key=len, reverse=True)) + r")\b(?!['’])")
CONTRACTIONS = {
    "do not": "don't",
    "does not": "doesn't",
    "is not": "isn't",
    "are not": "aren't",
    "cannot": "can't",
    "can't": "cannot",
    "don't": "do not",
    "doesn't": "does not",
    "isn't": "is not",
    "it's": "it is",
    "you're": "you are",
    "was not": "wasn't",
    "can not": "cannot",
    "will not": "won't",
    "won't": "will not",
    "aren't": "are not",
}
CONTRACTION = re.compile(r"\b(" + "|".join(map(re.escape, CONTRACTIONS)) + r")\b")
OPENING = re.compile(r"^(If|When|After|Before|Once) ([^,.]{8,110}), ([^,.]{8,120})\.$")
TAIL = re.compile(r"^([^,.]{8,120}) (if|when|after|before|because) ([^,.]{8,110})\.$")
SPELLED = {
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    "10": "ten",
    "12": "twelve",
    "15": "fifteen",
    "20": "twenty",
    "30": "thirty",
    "60": "sixty",
    "90": "ninety",
}
DIGITS = {word: digits for digits, word in SPELLED.items()}
NUMBER = re.compile(r"(?<![\w.,$€-])(\d+)(?= (?:days|hours|months|years|weeks|minutes|users|licenses|steps)\b)")
WORD_NUMBER = re.compile(rf"\b({'|'.join(DIGITS)})\b(?= \w+s\b)")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAY = re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}}), ((?:19|20)\d\d)\b")
LEADS = ("According to the documentation, ", "Note that ", "In short, ", "As stated there, ")


def reworded(sentence: str, chance: random.Random) -> str | None:
    """The sentence with two or more of its forms changed; None when nothing can be."""
    changed = sentence
    if match := OPENING.match(changed):
        main = match.group(3)
        changed = f"{main[0].upper()}{main[1:]} {match.group(1).lower()} {match.group(2)}."
    elif match := TAIL.match(changed):
        main = match.group(1)
        main = main if main.split()[0].isupper() or main.split()[0][1:] != main.split()[0][1:].lower() else _lower(main)
        changed = f"{match.group(2).capitalize()} {match.group(3)}, {main}."
    changed = CONTRACTION.sub(lambda m: CONTRACTIONS[m.group(0)], changed)
    changed = SYNONYM.sub(lambda m: SYNONYMS[m.group(0)] if chance.random() < 0.7 else m.group(0), changed)
    changed = DAY.sub(lambda m: f"{m.group(2)} {m.group(1)} {m.group(3)}", changed)
    changed = NUMBER.sub(lambda m: SPELLED.get(m.group(0), m.group(0)), changed)
    changed = WORD_NUMBER.sub(lambda m: DIGITS[m.group(0)], changed)
    changed = re.sub(r"(\d) ?%", r"\1 percent", changed)
    if changed == sentence:
        return None
    if chance.random() < 0.3 and _lower(changed) != changed:
        changed = chance.choice(LEADS) + _lower(changed)
    return changed


def _lower(text: str) -> str:
    first = text.split(maxsplit=1)[0]
    common = first.lower() in {
        "the",
        "you",
        "a",
        "an",
        "if",
        "when",
        "this",
        "these",
        "it",
        "your",
        "to",
        "in",
        "after",
    }
    return text[0].lower() + text[1:] if common else text
