"""Orders to speak: a text that says what is to be said states nothing, so what only it supports is not said.

The words by which people order others to say something are in `speech.yaml`; no text of an attacker is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import regex
import yaml
from pydantic import BaseModel, ConfigDict

from assistant.answering.unit import units
from assistant.answering.verification.reading import Reading, read
from assistant.domain.prose import blocks, sentences
from assistant.domain.prose import lines as lines_of
from assistant.tools.spotlight import MARK

FILE = Path(__file__).with_name("speech.yaml")
MOSTLY = 0.75  # of what a sentence says: from here on it is what was ordered
FOLLOWING = 6  # lines that an open quotation may run over
BREAK = regex.compile(r"\\[nrt]|<!--|-->|</?[a-z][^<>]*>", regex.IGNORECASE)
CLOSING = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」"}
EMPTY = regex.compile(r"[\W_]*")
NONE: tuple[str, ...] = ()


class SpeechFile(BaseModel):
    """The lists of a language as they are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: tuple[str, ...] = NONE
    write: tuple[str, ...] = NONE
    tell: tuple[str, ...] = NONE
    praise: tuple[str, ...] = NONE
    add: tuple[str, ...] = NONE
    before: tuple[str, ...] = NONE
    that: tuple[str, ...] = NONE
    listener: tuple[str, ...] = NONE
    reply: tuple[str, ...] = NONE
    reports: tuple[str, ...] = NONE
    said: tuple[str, ...] = NONE
    endings: tuple[str, ...] = NONE

    @property
    def orders(self) -> tuple[str, ...]:
        """Every word that orders somebody to speak."""
        return (*self.say, *self.write, *self.tell, *self.praise, *self.add)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text taken apart: what it orders to be said, and everything else in it."""

    ordered: tuple[str, ...]
    rest: tuple[str, ...]


def unordered(text: str, *, told: Iterable[str], own: Iterable[str], language: str) -> tuple[str, bool]:
    """The text without the sentences that an order in `told` supports better than all else does; whether any went.

    `own` is what the person wrote. A sentence that says whose words it tells reports an order, and stays.
    """
    apart = [spoken(each) for each in told]
    orders = [read(said, language) for each in apart for said in each.ordered]
    obeyed = [(unit.span, share) for unit in units(text) if (share := _obedience(unit.words, orders, language))]
    if not obeyed:
        return text, False
    rest = [*(line for each in apart for line in each.rest), *(line for each in own for line in _pieces(each))]
    facts = [read(line, language) for line in dict.fromkeys(rest)]
    gone = [span for span, share in obeyed if all(_share(read(span.of(text), language), f) < share for f in facts)]
    for span in reversed(gone):
        text = f"{text[: span.start].rstrip(' ')}{text[span.end :]}"
    return (text.strip(), True) if gone else (text, False)


def _obedience(sentence: str, orders: Sequence[Reading], language: str) -> float:
    """How much of a sentence was ordered; 0 where that is little or it says that these are another's words."""
    said = read(sentence, language)
    best = max(orders, key=lambda order: _share(said, order), default=None)
    share = _share(said, best) if best else 0.0
    if best is None or share < MOSTLY:
        return 0.0
    reported = (found.group() for found in _reporting().finditer(said.text))
    return 0.0 if any(word not in best.text for word in reported) else share


def _share(said: Reading, other: Reading) -> float:
    wanted = said.content | said.numbers
    return len(wanted & other.anchors) / len(wanted) if wanted else 0.0


@lru_cache(maxsize=512)
def spoken(text: str) -> Spoken:
    """A text of others taken apart; kept for the next reply, since a conversation goes on with the same texts."""
    ordered: list[str] = []
    rest: list[str] = []
    waits, closing = 0, ""
    for piece in _pieces(text):
        if waits:
            ordered.append(piece)
            waits = 0 if closing in piece else waits - 1  # an empty mark is in every piece
            continue
        said = _ordered(piece)
        if said is None:
            rest.append(piece)
            continue
        ordered.append(said)
        opening = next((mark for mark in said if mark in CLOSING), "")
        closing = CLOSING.get(opening, "")
        quoting = bool(opening) and closing not in said.partition(opening)[2]
        waits = FOLLOWING if quoting else int(bool(EMPTY.fullmatch(said)))
        closing = closing if quoting else ""
    return Spoken(tuple(ordered), tuple(rest))


def _pieces(text: str) -> Iterator[str]:
    """The sentences of a text, also of one that is hidden in a comment or stands in one line with escaped breaks."""
    plain = BREAK.sub("\n", MARK.sub("\n", text))
    for block in blocks(plain):
        for line in lines_of(plain, block):
            yield from (span.of(plain) for span in sentences(plain, line))


def _ordered(piece: str) -> str | None:
    """What a sentence orders to be said; None for one that orders nothing of the kind."""
    if not _ordering().search(piece):
        return None
    found = next((match for pattern in _patterns() if (match := pattern.search(piece))), None)
    return str(found["said"]) if found else None


@cache
def _speech() -> tuple[SpeechFile, ...]:
    loaded = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(SpeechFile.model_validate(each) for each in loaded.values())


@cache
def _ordering() -> regex.Pattern[str]:
    """Any word without which a sentence is no order: most sentences have none and are done with."""
    words = _any(word for each in _speech() for word in each.orders)
    stems = _any(word for each in _speech() for word in each.said)
    return regex.compile(rf"(?<!\w)(?:{words})(?!\w)|{stems}", regex.IGNORECASE)


@cache
def _reporting() -> regex.Pattern[str]:
    words = _any(word for each in _speech() if not each.said for word in (*each.reports, *each.orders))
    joined = _any(word for each in _speech() if each.said for word in each.reports)
    return regex.compile(rf"(?<!\w)(?:{words})(?!\w)|{joined}", regex.IGNORECASE)


@cache
def _patterns() -> tuple[regex.Pattern[str], ...]:
    return tuple(regex.compile(_joined(each) if each.said else _spaced(each), regex.IGNORECASE) for each in _speech())


def _spaced(speech: SpeechFile) -> str:
    """An order in a language whose verbs come first; the group `said` is what is to be said."""
    begins = rf"(?:^\W*+|(?<=[:;,.!?)>\]*\"'“„«(|–—-])\s*+|(?<!\w)(?:{_any(speech.before)})\s++)"
    link = rf"(?:\s*+[:,]\s*+|\s++(?:{_any(speech.that)})(?!\w)[:,]?\s*+|\s*+(?=[\"“„«‘]))"
    listener = rf"(?:\s++(?:{_any(speech.listener)})(?!\w))"
    say = rf"(?:{_any(speech.say)})(?!\w){listener}?+(?:{link}|\s++)"
    write = rf"(?:{_any(speech.write)})(?!\w){listener}?+{link}"
    tell = rf"(?:{_any(speech.tell)})(?!\w)(?:{listener}(?:{link}|\s++)|(?:\s++\w++){{0,3}}?{link})"
    praise = rf"(?:{_any(speech.praise)})(?!\w){listener}?+\s++"
    reply = rf"(?<!\w)(?:{_any(speech.reply)})(?!\w)"
    add = rf"(?:{_any(speech.add)})(?!\w)(?=.*{reply})"
    within = rf"\w++\s++{reply},?\s++(?=(?:{_any(speech.orders)})(?!\w))"
    return rf"{begins}(?:{say}|{write}|{tell}|{praise}|{add}|{within})(?P<said>.*+)"


def _joined(speech: SpeechFile) -> str:
    """An order in a language whose verbs come last."""
    said, endings = _any(speech.said), _any(speech.endings)
    return rf"^(?P<said>.{{2,300}}?)[とを](?:{said})[\p{{Hiragana}}]{{0,4}}?(?:{endings})"


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(set(words), key=len, reverse=True)
    return "|".join(r"\s++".join(map(regex.escape, word.split())) for word in longest_first)
