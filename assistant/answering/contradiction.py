"""Where two current documents say different things of what an answer says, the answer tells so and cites both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.answering.cited import cited_span
from assistant.answering.unit import REMEMBERED, units
from assistant.answering.verification.reading import Reading, read
from assistant.answering.verification.verdict import Span
from assistant.answering.verification.vocabulary import members
from assistant.domain.answer import Answer, Contradiction
from assistant.domain.content import Citation
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Retrieved
from prompts.messages import message

SAME_SUBJECT = 0.6  # of the words of both statements that they share
FEWEST = 3  # words they share at least
MOST = 2  # contradictions told of one answer
ALIKE = 0.5  # of all their words, before they are read
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A unit of a passage with a number in it. `bag` holds its words in lower case, `start` and `end` its place."""

    words: str
    start: int
    end: int
    bag: frozenset[str]


@dataclass(frozen=True, slots=True)
class Statement:
    """What the retrieved passage `place` says in one unit with a number."""

    place: int
    document_id: str
    unit: Numbered

    @property
    def words(self) -> str:
        """What it says."""
        return self.unit.words


def with_contradictions(answer: Answer, retrieved: Retrieved) -> Answer:
    """The answer, with a notice and both citations for each contradiction; its text stays as it is.

    Compared are statements in one language from different documents for one audience, nearly all of whose words are
    the same and whose numbers or dates of one kind are not.
    """
    if answer.declined or not answer.citations:
        return answer
    statements = list(_statements(retrieved))
    told = [s for s in statements if any(_within(s, citation, retrieved) for citation in answer.citations)]
    citations, found, notices = list(answer.citations), list[Contradiction](), list[str]()
    for mine in told:
        for other in statements:
            if len(found) == MOST or not _comparable(mine, other, retrieved):
                continue
            one, two = (read(each.words, _language(each, retrieved)) for each in (mine, other))
            if (values := _difference(one, two)) is None:
                continue
            pair = (_number(mine, citations, retrieved), _number(other, citations, retrieved))
            if any(set(pair) == set(each.citations) for each in found):
                continue
            subject = ", ".join(sorted(one.content & two.content)[:6])
            found.append(Contradiction(subject, values, pair))
            slots = {"first": f"{values[0]} [{pair[0]}]", "second": f"{values[1]} [{pair[1]}]"}
            notices.append(message("notice_contradiction", answer.language, **slots))
    if not found:
        return answer
    everything = (*notices, *answer.notices)
    return replace(answer, citations=tuple(citations), contradictions=tuple(found), notices=everything)


def _statements(retrieved: Retrieved) -> Iterator[Statement]:
    for place, ranked in enumerate(retrieved.passages):
        for unit in _numbered(ranked.passage.text):
            yield Statement(place, ranked.passage.document_id, unit)


@lru_cache(maxsize=REMEMBERED)
def _numbered(text: str) -> tuple[Numbered, ...]:
    """The units of a passage that have a number."""
    found: list[Numbered] = []
    for unit in units(text):
        if any(character.isdigit() for character in unit.words):
            bag = frozenset(word for word in WORD.findall(unit.words.lower()) if not word[0].isdigit())
            found.append(Numbered(unit.words, unit.span.start, unit.span.end, bag))
    return tuple(found)


def _within(statement: Statement, citation: Citation, retrieved: Retrieved) -> bool:
    passage = retrieved.passages[statement.place].passage
    start, end = passage.start + statement.unit.start, passage.start + statement.unit.end
    return citation.document_id == passage.document_id and start >= citation.start and end <= citation.end


def _comparable(mine: Statement, other: Statement, retrieved: Retrieved) -> bool:
    """Whether two statements of different documents may be about one thing; cheap, so that few are read closely."""
    if mine.document_id == other.document_id or not _alike(mine.unit.bag, other.unit.bag):
        return False
    one, two = retrieved.documents[mine.document_id], retrieved.documents[other.document_id]
    same_product = one.product == two.product or "" in {one.product, two.product}
    return same_product and one.audience == two.audience and primary(one.language) == primary(two.language)


def _alike(mine: frozenset[str], other: frozenset[str]) -> bool:
    return len(mine & other) >= ALIKE * max(len(mine), len(other))


def _language(statement: Statement, retrieved: Retrieved) -> str:
    return primary(retrieved.passages[statement.place].passage.language)


def _difference(one: Reading, other: Reading) -> tuple[str, str] | None:
    """The values that differ, when both statements are about the same; None when they are not or agree."""
    shared = one.content & other.content
    if len(shared) < FEWEST or len(shared) < SAME_SUBJECT * max(len(one.content), len(other.content)):
        return None
    if _members(one) != _members(other) or {n.key for n in one.names} != {n.key for n in other.names}:
        return None
    if {(c.set, c.group) for c in one.cues} != {(c.set, c.group) for c in other.cues}:
        return None
    if len(one.quantities) == len(other.quantities) == 1 and not one.dates and not other.dates:
        mine, theirs = one.quantities[0], other.quantities[0]
        if mine.family == theirs.family and not mine.values & theirs.values:
            return mine.words, theirs.words
    if len(one.dates) == len(other.dates) == 1 and not one.quantities and not other.quantities:
        day, date = one.dates[0], other.dates[0]
        if not day.within(date) and not date.within(day):
            return day.words, date.words
    return None


def _members(reading: Reading) -> frozenset[str]:
    """The tiers and roles a statement names."""
    named = {(name, members(name).get(token.lower)) for name in ("tiers", "roles") for token in reading.tokens}
    return frozenset(f"{name} {number}" for name, number in named if number is not None)


def _number(statement: Statement, citations: list[Citation], retrieved: Retrieved) -> int:
    """The number of the citation that holds a statement; a new one where none does."""
    for number, citation in enumerate(citations, start=1):
        if _within(statement, citation, retrieved):
            return number
    citations.append(cited_span(retrieved, Span(statement.place, statement.unit.start, statement.unit.end)))
    return len(citations)
