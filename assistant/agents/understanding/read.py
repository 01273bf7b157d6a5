"""Reading a conversation: one function from messages to an Understanding, without a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files

import regex
import yaml

from assistant.agents.understanding.dates import Calendar
from assistant.agents.understanding.entities import Marked, marked
from assistant.agents.understanding.intents import accepts, continues, intent_of
from assistant.agents.understanding.lexicon import Lexicon, lexicon
from assistant.agents.understanding.pieces import quoted_spans
from assistant.agents.understanding.reading import Catalogue, Deal, Intent, Slot, Understanding, Utterance
from assistant.agents.understanding.registration import deal_slots, settle
from assistant.agents.understanding.requests import request_slots
from assistant.agents.understanding.required import missing_slots
from assistant.agents.understanding.said import Before, Said
from assistant.agents.understanding.several import deals_apart
from assistant.agents.understanding.standing import of_shown
from assistant.agents.understanding.tongue import tongue
from assistant.domain.people import Role

FORMS = {Intent.REGISTER_DEAL, Intent.CHECK_DEAL}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What reading needs besides the words: the day, the products, who writes, and the writer's own locale.

    `recaps` says whether what the assistant wrote and the writer did not contradict counts as stated. `shown` is the id
    of the deal that was shown just before the conversation, which "extend it" means.
    """

    today: date
    catalogue: Catalogue
    role: Role = Role.PARTNER
    locale: str = "en"
    recaps: bool = True
    shown: str = ""


def read(messages: Sequence[Utterance], given: Circumstances) -> Understanding:
    """The intent of the last message by the user, the values the whole conversation states, and the gaps to ask for."""
    spoken = " ".join(message.text for message in messages if message.by_user)
    language = tongue(spoken or messages[-1].text, default=given.locale.split("-")[0])
    how = Calendar(language, given.today, _first(spoken, language))
    turns = [
        _Turn(message, marked(message.text, how=how, catalogue=given.catalogue), lexicon(language))
        for message in messages
    ]
    last = turns[-1]
    meant = of_shown(last.said) if given.shown and len(turns) == 1 else None
    intent = meant or _intents(turns)
    accepted = accepts(last.said) if intent is Intent.RESPOND_COSELL else None
    if intent not in FORMS:
        slots = request_slots(intent, [(t.message, t.marked) for t in turns], lexicon(language), given.role)
        slots = _with_quotes((*slots, *([Slot("deal_id", (given.shown,), given.shown)] if meant else [])), messages)
        missing = missing_slots(intent, slots, given.role, asked=_preceding(turns))
        return Understanding(intent, language, slots, missing, accepts=accepted)
    return _form(intent, turns, given, how)


def stated(text: str, given: Circumstances) -> tuple[Slot, ...]:
    """What a message of the user states of a deal, whatever else it may be for."""
    language = tongue(text, default=given.locale.split("-")[0])
    return _deal(text, given, Calendar(language, given.today, _first(text, language)), 0).slots


@dataclass(frozen=True, slots=True)
class _Turn:
    message: Utterance
    marked: Marked
    words: Lexicon

    @property
    def said(self) -> Said:
        """The message for the intent: what its writer wrote, without what is quoted."""
        own = list(self.message.text)
        for start, end in quoted_spans(self.message.text):
            own[start:end] = " " * (end - start)
        return Said("".join(own), self.marked, self.words)


def _intents(turns: list[_Turn]) -> Intent:
    intent: Intent | None = None
    asked = ""
    for turn in turns:
        if turn.message.by_user:
            intent = intent_of(turn.said, Before(asked, intent))
        else:
            asked = turn.message.text
            if intent is None and continues(asked, turn.words):
                intent = Intent.REGISTER_DEAL
    return intent or Intent.OUT_OF_SCOPE


def _preceding(turns: list[_Turn]) -> Marked | None:
    return next((turn.marked for turn in reversed(turns[:-1]) if not turn.message.by_user), None)


def _form(intent: Intent, turns: list[_Turn], given: Circumstances, how: Calendar) -> Understanding:
    words = lexicon(how.language)
    apart = (
        deals_apart(turns[-1].message.text, how=how, catalogue=given.catalogue)
        if intent is Intent.REGISTER_DEAL
        else []
    )
    if apart:
        deals = [_deal(part, given, how, len(turns) - 1) for part in apart]
        first, *others = deals
        return Understanding(intent, how.language, first.slots, first.missing, tuple(others))
    slots: dict[str, Slot] = {}
    asked = ""
    for number, turn in enumerate(turns):
        asked = turn.message.text if not turn.message.by_user else asked
        if not (turn.message.by_user or given.recaps):
            continue
        found = deal_slots(
            turn.marked, words, manager=given.role is not Role.PARTNER, asked=asked if turn.message.by_user else "",
            known=frozenset(slots), checking=intent is Intent.CHECK_DEAL, by_user=turn.message.by_user,
        )  # fmt: skip
        for slot in found:
            if not _in_passing(slot, slots, turn):
                slots[slot.name] = replace(slot, message=number)
    kept = settle(slots, language=how.language)
    kept = _with_quotes(kept, [turn.message for turn in turns])
    return Understanding(intent, how.language, kept, missing_slots(intent, kept, given.role))


def _in_passing(slot: Slot, known: dict[str, Slot], turn: _Turn) -> bool:
    """Whether a later message names a day in passing ("today it takes four days"), which moves no date told before."""
    told = slot.name == "close_date" and bool(known.get("close_date")) and not any(map(str.isdigit, slot.quote))
    return told and not turn.said.has("correction", "update", "closing")


def _deal(part: str, given: Circumstances, how: Calendar, number: int) -> Deal:
    words = lexicon(how.language)
    found = deal_slots(marked(part, how=how, catalogue=given.catalogue), words, manager=given.role is not Role.PARTNER)
    slots = settle({slot.name: replace(slot, message=number) for slot in found}, language=how.language)
    return Deal(slots, missing_slots(Intent.REGISTER_DEAL, slots, given.role))


def _with_quotes(slots: tuple[Slot, ...], messages: Sequence[Utterance]) -> tuple[Slot, ...]:
    """Marks the slots whose words stand in quoted text."""
    found = []
    for slot in slots:
        text = messages[slot.message].text
        at = text.find(slot.quote) if slot.quote else -1
        quoted = at >= 0 and any(start <= at < end for start, end in quoted_spans(text))
        found.append(replace(slot, quoted=quoted))
    return tuple(found)


@cache
def _writers_places() -> dict[str, tuple[str, ...]]:
    """Places whose people write the month first ("m") or the day first ("d") in English."""
    text = files(__package__).joinpath("language", "date_order.yaml").read_text(encoding="utf-8")
    return {first: tuple(places) for first, places in yaml.safe_load(text).items()}


def _first(text: str, language: str) -> str:
    """Which part of 2/5/2027 is meant first; in English only when the writer says where they are."""
    if language != "en":
        return "d" if language != "ja" else "m"
    for first, places in _writers_places().items():
        names = "|".join(regex.escape(place) for place in places)
        here = (
            rf"(?:from|in|at) (?:the|our|my) (?:{names})[\w\s]{{0,12}}?(?:team|office|desk|branch|side|colleagues|crew)"
            r"|(?:here|we're|we are|I'm|I am|based|sitting|writing|greetings|hello|hi|cheers|team)"
            rf" (?:in|from|at|based in)(?: the| sunny| rainy)? (?:{names})\b"
            rf"|our (?:{names}) (?:team|office|branch)|(?:{names}) (?:team|office|branch|here)\b"
            rf"|(?:{names}) (?:date )?(?:format|style|notation)"
        )
        if regex.search(here, text, regex.IGNORECASE):
            return first
    return ""
