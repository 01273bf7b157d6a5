"""What people typed, without whom it is about: names that records know, and what has the shape of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from assistant.agents.understanding.dates import Calendar
from assistant.agents.understanding.entities import Marked, marked
from assistant.agents.understanding.lexicon import lexicon
from assistant.agents.understanding.parties import FORM, formed
from assistant.agents.understanding.people import JAPANESE_NAME, TITLED
from assistant.agents.understanding.pieces import pieces
from assistant.agents.understanding.reading import Catalogue
from assistant.deals.names import weak_words
from assistant.domain.accounts import Contact
from assistant.gaps.redaction import redacted

PARTNER, CUSTOMER, PERSON = "[partner]", "[customer]", "[person]"
MASKS = {
    "email": "[e-mail]", "domain": "[domain]", "phone": "[phone]", "duns": "[number]", "deal_id": "[deal]",
    "money": "[amount]",
}  # fmt: skip
SHORTEST = 3  # letters of a name that is masked; shorter ones are words of their own too often
SHORTEST_PART = 4  # letters of a part of a name that is masked where it stands alone
LATIN = re.compile(r"[\u0000-\u024f]+")
TELLING = re.compile(r"[^\W\d_]+")
NOBODY = re.compile(
    "お客|皆|みな|パートナー|顧客|担当|取引先|代理店|各社|御|貴社|弊社"
)  # whom "様" and "さん" also go with


@dataclass(frozen=True)
class KnownNames:
    """Names from records. Partners are masked however they are written; parts of other names where capitalised."""

    partners: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    parts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, *, partners: Iterable[str] = (), customers: Iterable[str] = (), people: Iterable[Contact] = ()
    ) -> KnownNames:
        """The names with the ways in which people shorten them: no legal form, the first word, the last name."""
        companies = {_plain(name) for name in customers}
        companies |= {_plain(FORM.sub(" ", name)) for name in companies}
        persons = [(each.first_name.strip(), each.last_name.strip()) for each in people]
        full = {name for first, last in persons for name in (f"{first} {last}", f"{last} {first}", f"{last}{first}")}
        parts = {part: PERSON for names in persons for name in names for part in (name,) if _tells(part)}
        parts |= {first: CUSTOMER for name in companies for first in name.split(" ")[:1] if _tells(first)}
        return cls(_kept(partners), _kept(companies), _kept(map(_plain, full)), parts)

    @cached_property
    def rules(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """What to look for and what to write instead, the longest names first."""
        anyhow = ((self.partners, PARTNER), (self.customers, CUSTOMER), (self.people, PERSON))
        rules = [(_either(names, re.IGNORECASE), mask) for names, mask in anyhow if names]
        by_mask = {mask: [part for part, told in self.parts.items() if told == mask] for mask in (CUSTOMER, PERSON)}
        return (*rules, *((_either(parts, re.NOFLAG), mask) for mask, parts in by_mask.items() if parts))


def masked(text: str, names: KnownNames, *, language: str, at: datetime) -> str:
    """A text without e-mail addresses, phone numbers, domains, deal ids, amounts of money and names.

    Masked are these names and those that their shape gives away: companies by their legal form, people by how they
    are addressed.
    """
    how = Calendar(language, at.date())
    found = _marked(redacted(text), how)
    clean = _without(
        found.text, ((each.start, each.end, MASKS[each.kind]) for each in found.entities if each.kind in MASKS)
    )
    for rule, mask in names.rules:
        clean = rule.sub(mask, clean)
    found = _marked(clean, how)
    companies = formed(found, pieces(found), lexicon(language))
    spans = [(each.start, each.end, CUSTOMER) for each in companies]
    return _without(clean, [*spans, *((start, end, PERSON) for start, end in _addressed(clean, language))])


def _marked(text: str, how: Calendar) -> Marked:
    return marked(text, how=how, catalogue=Catalogue(()))


def _without(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """The text with masks in the place of these parts, the first and longest of those that overlap."""
    end, parts = 0, []
    for start, stop, mask in sorted(spans, key=lambda span: (span[0], -span[1])):
        first = start + len(text[start:stop]) - len(text[start:stop].lstrip())
        if first >= end:
            parts += [text[end:first], mask]
            end = stop
    return "".join([*parts, text[end:]])


def _addressed(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Names after "Frau" or "Mr", and before "様"."""
    for match in TITLED.finditer(text):
        yield match.span("name")
    for match in JAPANESE_NAME.finditer(text) if language == "ja" else ():
        if not NOBODY.search(match["name"]):
            yield match.span("name")


def _plain(name: str) -> str:
    return " ".join(name.split()).strip(" ,.&")


def _tells(part: str) -> bool:
    """Whether a part of a name is one by itself: long enough, capitalised, and not a word that many names have."""
    letters = TELLING.fullmatch(part) and (len(part) >= SHORTEST_PART or not LATIN.fullmatch(part))
    return bool(letters) and part == part[:1].upper() + part[1:] and part.casefold() not in weak_words()


def _kept(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip() for name in names if len(name.strip()) >= SHORTEST or not LATIN.match(name or "a"))


def _either(names: Iterable[str], flags: re.RegexFlag) -> re.Pattern[str]:
    """Any of the names; Latin ones not inside a word, others anywhere, as nothing stands between words there."""
    told = sorted(names, key=lambda name: (-len(name), name))
    return re.compile("|".join(_apart(name) for name in told), flags)


def _apart(name: str) -> str:
    return rf"(?<![^\W_]){re.escape(name)}(?![^\W_])" if LATIN.fullmatch(name) else re.escape(name)
