"""The deal that a request means by its customer: "the deal with Orrin", "the Orrin deal", "Registrierung Orrin"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.agents.understanding.details import Told
from assistant.agents.understanding.entities import FILL, Marked
from assistant.agents.understanding.lexicon import Lexicon, pattern
from assistant.agents.understanding.parties import COMPANY, DOTTED, SMALL

OPENING = regex.compile(r"\p{Lu}\p{Ll}+\s+(?:the|den|die|das|le|la|el|il|lo|o|a|de|het)\s+")  # a verb and its article
NUMBER = regex.compile(r"\s\d+(?![\p{L}\p{N}%]|[.,]\d)")  # "Client 1": what counts the customer, not the money
LONGEST = 60  # characters between a word for a deal and the end of the name before it


def customer_of_deal(marked: Marked, words: Lexicon) -> Told | None:
    """The customer's name beside a word for a deal, with its place; None where there is none.

    Japanese has no capitals to go by; there the customer is read as in a registration.
    """
    if words.language == "ja":
        return None
    named = (_without_ordinary(found, words) for found in _beside(marked, words))
    return next((found for found in named if found[0] and FILL not in found[0]), None)


def has_name(text: str, words: Lexicon, *, opening: bool = False) -> bool:
    """Whether a text has a capitalised word that is no ordinary one, so that it may be a customer's name.

    The word that a text opens with counts only when that is asked for: it is written so whatever it is.
    """
    runs = regex.finditer(rf"{COMPANY.pattern}(?:\s\d+)?", text)
    found = [_without_ordinary((each.group(), *each.span()), words) for each in runs]
    first = -1 if opening else len(text) - len(text.lstrip(' \n¿¡"“„«'))
    return any(len(name) > 1 and FILL not in name and start > first for name, start, _ in found)


def with_number(told: Told, marked: Marked) -> Told:
    """A name with the number that follows it."""
    name, start, end = told
    after = NUMBER.match(marked.rest, end)
    return (marked.text[start : after.end()], start, after.end()) if after else (name, start, end)


def _beside(marked: Marked, words: Lexicon) -> Iterator[Told]:
    """Names after a word for a deal and the little words that join them; then names right before it."""
    joined = rf"(?:\s+(?i:{pattern(words.language, 'cues', 'before_customer').pattern}|{SMALL}))*\s+(?:[dl]['’])?"
    deals = words.all("registration", marked.rest)
    for deal in deals:
        after = regex.compile(joined + f"(?P<name>{COMPANY.pattern})").match(marked.rest, deal.end())
        if after:
            yield with_number(_dotted(after.span("name"), marked), marked)
    for deal in words.all("one_deal", marked.rest):
        before = list(COMPANY.finditer(marked.rest, max(0, deal.start() - LONGEST), deal.start()))
        if before and regex.fullmatch(r"(?:['’]s)?[\s\-]+(?:\d+\s+)?", marked.rest[before[-1].end() : deal.start()]):
            yield with_number(_dotted(before[-1].span(), marked), marked)


def _dotted(span: tuple[int, int], marked: Marked) -> Told:
    """A name without signs at its end, but with the dot of its legal form."""
    start, end = span
    name = marked.text[start:end].rstrip(" &-.+'’")
    end = start + len(name)
    dot = DOTTED.search(name) is not None and marked.text.startswith(".", end)
    return (name + "." * dot, start, end + dot)


def _without_ordinary(told: Told, words: Lexicon) -> Told:
    """A name without the ordinary words before it: "Kunde Orrin", "Pull the Orrin deal"; but "Client 1" is one."""
    name, start, end = told
    if told_to := OPENING.match(name):
        name, start = name[told_to.end() :], start + told_to.end()
    plain = regex.compile(rf"(?:{pattern(words.language, 'cues', 'not_a_name').pattern})[\s\-]*", regex.IGNORECASE)
    while (head := plain.match(name)) and (head.end() == len(name) or regex.search(r"\p{L}", name[head.end() :])):
        name, start = name[head.end() :], start + head.end()
    return (name, start, end) if regex.search(r"[\p{Lu}\d]", name) else ("", start, start)
