"""The last look at what a model wrote before a person reads it: no foreign addresses, no images, no other partner."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unicodedata import normalize

import regex

from assistant.answering.sanitize import addresses, sanitized
from assistant.domain.partners import Partner
from assistant.domain.people import Requester, Role
from assistant.errors import PrmError
from assistant.ports.clock import Clock
from assistant.ports.prm import LARGEST_PAGE, PartnerQuery, Prm, Window
from prompts.messages import message

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
SPACED = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{N}\p{M}\p{P}\p{S}\s]+")
SHORTEST = 4  # letters of a name that is looked for; shorter ones are words of their own
KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Names:
    """Names of companies by their first word; those written without spaces apart."""

    spaced: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    joined: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """The names worth looking for."""
        spaced: dict[str, set[tuple[str, ...]]] = {}
        joined = []
        for name in {_plain(name) for name in names}:
            words = tuple(WORD.findall(name))
            if not SPACED.fullmatch(name):
                joined.append(name)
            elif words and sum(map(len, words)) >= SHORTEST:
                spaced.setdefault(words[0], set()).add(words)
        longest_first = {first: tuple(sorted(found, key=len, reverse=True)) for first, found in spaced.items()}
        return cls(longest_first, tuple(sorted(joined, key=len, reverse=True)))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where names stand in a text that `_plain` made, in its characters, the longest at each place."""
        words = [(match.group(), match.start(), match.end()) for match in WORD.finditer(text)]
        found = []
        for place, (first, start, _) in enumerate(words):
            for name in self.spaced.get(first, ()):
                told = words[place : place + len(name)]
                if tuple(word for word, _, _ in told) == name:
                    found.append((start, told[-1][2]))
                    break
        for joined in self.joined:
            found += [match.span() for match in regex.finditer(regex.escape(joined), text)]
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Guarded:
    """Text that may be shown, and the names that were taken out of it."""

    text: str
    names: tuple[str, ...] = ()


class OutputGuard:
    """Guards replies. `hosts` are those that links may lead to.

    A partner never reads the name of another one, unless it stands in `known`: their own words and what tools showed
    them. The list of partners is read on the guard's own account for this one purpose, and kept for ten minutes.
    """

    def __init__(self, prm: Prm, *, clock: Clock, hosts: Collection[str] = ()) -> None:
        self._prm, self._clock, self._hosts = prm, clock, frozenset(hosts)
        self._kept: dict[tuple[str, str], tuple[datetime, Names]] = {}

    async def guarded(
        self, text: str, *, requester: Requester, known: Iterable[str] = (), language: str = ""
    ) -> Guarded:
        """The text without what must not be shown. Idempotent."""
        clean = sanitized(text, allowed=addresses(text, hosts=self._hosts))
        if requester.role is not Role.PARTNER:
            return Guarded(clean)
        names = await self._others(requester)
        found = _without(normalize("NFKC", clean), names, known, language or requester.locale)
        return found if found.names else Guarded(clean)  # Japanese keeps its full-width punctuation

    async def _others(self, requester: Requester) -> Names:
        key, now = (requester.tenant, requester.partner_id), self._clock.now()
        if key in self._kept and now - self._kept[key][0] < KEPT:
            return self._kept[key][1]
        names = Names.of(name for item in await self._partners(requester) for name in _called(item))
        self._kept[key] = (now, names)
        return names

    async def _partners(self, requester: Requester) -> list[Partner]:
        """Every other partner of the tenant; as many as a PRM without a list of all shows the requester."""
        for asker in (Requester(user="output-guard", role=Role.ADMINISTRATOR, tenant=requester.tenant), requester):
            try:
                return [item for item in await self._all(asker) if item.id != requester.partner_id]
            except PrmError:
                continue
        return []

    async def _all(self, asker: Requester) -> list[Partner]:
        found: list[Partner] = []
        window = Window(limit=LARGEST_PAGE)
        while True:
            page = await self._prm.find_partners(PartnerQuery(), requester=asker, window=window)
            found += page.items
            if not page.cursor:
                return found
            window = Window(limit=LARGEST_PAGE, cursor=page.cursor)


def _called(partner: Partner) -> tuple[str, ...]:
    return partner.id, partner.display_name, partner.legal_name


def _without(text: str, names: Names, known: Iterable[str], language: str) -> Guarded:
    plain = _lower(text)
    seen = " ".join(_plain(told) for told in known)
    taken, parts, end = [], [], 0
    for start, stop in names.spans(plain):
        if start >= end and plain[start:stop] not in seen:
            parts += [text[end:start], message("another_partner", language)]
            taken.append(text[start:stop])
            end = stop
    return Guarded("".join([*parts, text[end:]]), tuple(taken))


def _plain(text: str) -> str:
    return _lower(normalize("NFKC", text))


def _lower(text: str) -> str:
    """The text in lower case with every letter in its place: "İ" would become two."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
