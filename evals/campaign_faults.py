"""Faults that happen to translations, put into clean pairs one at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import regex

from assistant.campaigns.checks.number import figures
from assistant.campaigns.segment import PLACEHOLDER, TAG, WORD, bare, letters, without
from evals.campaign_copy import Pair

Fault = Callable[[Pair, random.Random], str]  # the faulty target; "" where the pair cannot have the fault
LOOKALIKES = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "i": "і", "x": "х"}
ENDS = ".。！？!?؟"
MINIMUM = 12


def _placeholder(change: Callable[[str], str]) -> Fault:
    def fault(pair: Pair, dice: random.Random) -> str:
        found = [match[0] for match in PLACEHOLDER.finditer(pair.target)]
        if not found:
            return ""
        chosen = dice.choice(found)
        return pair.target.replace(chosen, change(chosen), 1)

    return fault


def _tag_dropped(pair: Pair, dice: random.Random) -> str:
    found = list(TAG.finditer(pair.target))
    if not found:
        return ""
    chosen = dice.choice(found)
    return pair.target[: chosen.start()] + pair.target[chosen.end() :]


def _number_changed(pair: Pair, dice: random.Random) -> str:
    source = figures(bare(pair.source))
    found = [m for m in regex.finditer(r"\d+", bare(pair.target)) if m[0] in source and m[0] in pair.target]
    if not found:
        return ""
    number = dice.choice(found)[0]
    return pair.target.replace(number, str(int(number) + dice.choice((1, 7, 20))), 1)


def _brand(change: Callable[[str, random.Random], str]) -> Fault:
    def fault(pair: Pair, dice: random.Random) -> str:
        found = [name for name in pair.names if name in pair.target and name in pair.source and len(name) >= 5]
        if not found:
            return ""
        name = dice.choice(found)
        changed = change(name, dice)
        return pair.target.replace(name, changed, 1) if changed != name else ""

    return fault


def _misspelt(name: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _lookalike(name: str, dice: random.Random) -> str:
    places = [at for at, letter in enumerate(name) if letter in LOOKALIKES]
    if not places:
        return name
    at = dice.choice(places)
    return name[:at] + LOOKALIKES[name[at]] + name[at + 1 :]


def _untranslated(pair: Pair, _dice: random.Random) -> str:
    source, target = without(bare(pair.source), pair.names), without(bare(pair.target), pair.names)
    return pair.source if letters(source) and letters(source) != letters(target) else ""


def _mojibake(pair: Pair, _dice: random.Random) -> str:
    try:
        broken = pair.target.encode("utf-8").decode("windows-1252")
    except UnicodeDecodeError:
        broken = pair.target.encode("utf-8").decode("latin-1")
    return broken if broken != pair.target else ""


def _invisible(pair: Pair, dice: random.Random) -> str:
    at = dice.randrange(len(pair.target) + 1)
    return pair.target[:at] + dice.choice("\u200b\u202e\u202d\u2060\ufeff") + pair.target[at:]


def _double_word(pair: Pair, dice: random.Random) -> str:
    found = [m for m in WORD.finditer(pair.target) if len(m[0]) > 1 and _plain(pair.target, m.start())]
    if not found or " " not in pair.target.strip():
        return ""
    chosen = dice.choice(found)
    return f"{pair.target[: chosen.end()]} {chosen[0]}{pair.target[chosen.end() :]}"


def _plain(text: str, at: int) -> bool:
    spans = [m.span() for pattern in (PLACEHOLDER, TAG) for m in pattern.finditer(text)]
    in_link = (
        regex.search(
            r"\S*[./@]\S*$", text[:at].rsplit(" ", maxsplit=1)[-1] + text[at:].split(" ", maxsplit=1)[0].rstrip(ENDS)
        )
        is not None
    )
    return not in_link and not any(start <= at < end for start, end in spans)


def _end_dropped(pair: Pair, _dice: random.Random) -> str:
    both = pair.source.rstrip()[-1:] in ENDS and pair.target.rstrip()[-1:] in ENDS
    return pair.target.rstrip()[:-1] if both and len(pair.target) >= MINIMUM else ""


def _truncated(pair: Pair, dice: random.Random) -> str:
    return pair.target[: int(len(pair.target) * 0.6)] if _end_dropped(pair, dice) and len(pair.target) > 40 else ""


def _french_spaces(instead: str) -> Fault:
    def fault(pair: Pair, _dice: random.Random) -> str:
        changed = regex.sub(r"[\u00a0\u202f](?=[?!;:»])", instead, pair.target) if pair.locale == "fr" else ""
        return changed if changed != pair.target else ""

    return fault


def _opening_marks(pair: Pair, _dice: random.Random) -> str:
    changed = regex.sub("[¿¡]", "", pair.target) if pair.locale.startswith("es") else pair.target
    return changed if changed != pair.target else ""


def _straight_quotes(pair: Pair, _dice: random.Random) -> str:
    changed = regex.sub("[“”„«»「」]", '"', pair.target)
    return changed if changed != pair.target else ""


def _formal_german(pair: Pair, _dice: random.Random) -> str:
    if pair.locale != "de" or not regex.search(r"\b(?:du|dich|dir|dein\w*)\b", pair.target):
        return ""
    changed = regex.sub(r"(?<=\w[ ,]+)\bdu\b", "Sie", pair.target)
    changed = regex.sub(r"(?<=\w )\bdeine?\b", "Ihre", changed)
    return changed if regex.search(r"\w,? (?:Sie|Ihre)\b", changed) and changed != pair.target else ""


# Each family with whether it is mechanical: a rule alone can find it.
FAULTS: Mapping[str, Fault] = {
    "placeholder dropped": _placeholder(lambda _: ""),
    "placeholder renamed": _placeholder(lambda found: found[:-1].rstrip() + "x" + found[-1]),
    "placeholder doubled": _placeholder(lambda found: f"{found} {found}"),
    "tag dropped": _tag_dropped,
    "number changed": _number_changed,
    "brand misspelt": _brand(_misspelt),
    "brand in lower case": _brand(lambda name, _: name.lower()),
    "brand with lookalike letter": _brand(_lookalike),
    "untranslated": _untranslated,
    "mojibake": _mojibake,
    "invisible character": _invisible,
    "double word": _double_word,
    "end punctuation dropped": _end_dropped,
    "truncated": _truncated,
    "straight quotes": _straight_quotes,
    "French space lost": _french_spaces(""),
    "French space breaks": _french_spaces(" "),
    "Spanish opening mark lost": _opening_marks,
    "German address": _formal_german,
}
