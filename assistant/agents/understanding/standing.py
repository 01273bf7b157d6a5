"""Questions of how one deal stands, and what is wanted of the deal that was just shown."""

from __future__ import annotations

from assistant.agents.understanding.lexicon import Lexicon
from assistant.agents.understanding.reading import Intent
from assistant.agents.understanding.said import Said

BARE = 3  # words of "¿cuándo vence?", which leaves out what it asks about
LONGEST = 120  # characters of a message that goes on about what was shown


def of_shown(said: Said) -> Intent | None:
    """What is wanted of the deal that was shown just before, when the message names none: "extend it"."""
    if said.deal or said.names_inside or len(said.own) > LONGEST:
        return None
    meant = said.has("protection") or (said.has("until") and (said.has("it") or len(said.own.split()) <= BARE))
    if said.has("until", "standing") and meant and not said.has("registration"):
        return Intent.DEAL_STATUS
    if said.has("policy"):
        return None
    if said.has("withdraw"):
        return Intent.WITHDRAW_DEAL
    if said.has("extend"):
        return Intent.EXTEND_DEAL
    return Intent.UPDATE_DEAL if said.has("update") and said.facts > 0 and "?" not in said.own else None


def stands(said: Said) -> bool:
    """Whether a question is how one deal stands, or until when: "a deal" and "a registration" ask for the rule."""
    named = said.deal or said.names
    return (said.has("until") and named) or (said.has("standing") and (named or said.has("one_deal")))


DAYS = {"days": 1, "weeks": 7, "months": 30}
SOON_DAYS = 30  # until the end of a protection that somebody should look at
LONGEST_DAYS = 366


def ending_within(text: str, words: Lexicon) -> int:
    """Within how many days deals end that are asked for: "expire in the next 2 weeks"; 0 when that is not asked."""
    span = words.find("span", text) if words.has("ends", text) else None
    if span is not None:
        told = {name: int(number) for name, number in span.groupdict().items() if number}
        return min(LONGEST_DAYS, sum(DAYS[name] * number for name, number in told.items()))
    return SOON_DAYS if words.has("ends_soon", text) else 0


def lists(text: str, words: Lexicon) -> bool:
    """Whether deals are asked for by where they stand: "which deals are in review", "show deals that end soon"."""
    if not words.has("deals", text):
        return False
    if words.has("open_deals", text) and words.has("ours", text):
        return True  # "do we have any open registrations", which else asks for a rule
    stand = bool(ending_within(text, words) or words.named("states", text)) or words.has("open_deals", text)
    counted = words.has("how_many", text) and within("policy", "how_many", text, words)
    return stand and (counted or (words.has("status", text) and not words.has("policy", text)))


def about_status(said: Said) -> bool:
    """Whether the status itself is what a question that sounds general asks for: "what is the status of the deal"."""
    if inside("policy", "status", said):  # "does the" in "where does the deal stand"
        return True
    asked, status = said.words.find("policy", said.own), said.words.find("status", said.own)
    if asked is None or status is None or status.start() < asked.end():
        return False
    return len(said.own[asked.end() : status.start()].split()) <= 1  # an article


def inside(cue: str, other: str, said: Said) -> bool:
    """Whether words of a kind, if any, only stand within words of another kind."""
    return within(cue, other, said.own, said.words)


def within(cue: str, other: str, text: str, words: Lexicon) -> bool:
    """The same, of a text in the language of a lexicon."""
    around = [found.span() for found in words.all(other, text)]
    return all(
        any(start <= found.start() and found.end() <= end for start, end in around) for found in words.all(cue, text)
    )
