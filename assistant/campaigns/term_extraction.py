"""How words of a trade are said in another language, found in aligned texts; a person settles what is in conflict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import regex

from assistant.campaigns.checks.glossary import stems
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.segment import WORD

WORDS, CHARACTERS = 4, 10  # the longest candidate
READ = 300  # aligned texts of a concept, the shortest first
KEPT = 60  # candidates of a concept that are counted everywhere
LEAST, SEEN = 2, 3  # texts that a candidate must be in, and a term
COMMON, FUNCTION_WORD = 80, 4  # among the commonest words those so short are no edge of a term
COMPOUNDING = {"de", "nl", "sv"}
PART = 4  # letters of a part of a compound
LONGER, LONGER_PHRASE = 0.95, 0.8  # of the best score: from here on the longer candidate is the term
RIVAL = 0.5  # of the term's texts: from here on another form is a conflict
PIECE = regex.compile(r"[^'’-]+")
CUT_BEFORE, CUT_AFTER = regex.compile(r"-$"), regex.compile(r"[-.]")  # "Co" of "Co-Selling", and "Verl." are no words
RUN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー]+(?: [\p{Katakana}\p{Hangul}ー]+)*")
TORN = regex.compile(r"[\p{Katakana}ー]{2}")
BAD_START = regex.compile(r"[\p{Hiragana}ー的了和与在是将为对中以及或您有]")
BAD_END = regex.compile(r"[のをにはがとでもへすたてるれらくまさっなきの的了和与在是将为对以及或您有을를은는의에와과로]")


@dataclass(frozen=True, slots=True)
class Aligned:
    """A text, its translation, and where they are from."""

    source: str
    target: str
    origin: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a concept is said: the term, in how many of the texts it was found, what else is said, and where from.

    `conflict` says that another form is so common that a person must choose.
    """

    concept: str
    term: str
    seen: int
    texts: int
    others: Mapping[str, int]
    origins: Mapping[str, int]

    @property
    def conflict(self) -> bool:
        """Whether a person must choose."""
        return any(count >= RIVAL * self.seen for count in self.others.values())


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text, or what stands before or behind a hyphen or an apostrophe in it."""

    stem: str
    start: int
    end: int


@dataclass(slots=True)
class _Side:
    """The translations, as sets of candidates are made from them."""

    locale: LocalePack
    common: frozenset[str] = frozenset()
    vocabulary: frozenset[str] = frozenset()
    stemmed: dict[str, str] = field(default_factory=dict)
    compounds: dict[str, frozenset[str]] = field(default_factory=dict)
    surfaces: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def learn(self, texts: Iterable[str]) -> None:
        """Which words are in so many texts that they are no terms."""
        if self._spaced:
            counted = Counter(word for text in texts for word in {word.stem for word in self._words(text)})
            often = (word for word, _ in counted.most_common(COMMON))
            self.common = frozenset(word for word in often if len(word) <= FUNCTION_WORD)
            if self.locale.language in COMPOUNDING:
                self.vocabulary = frozenset(w for w, n in counted.items() if n > LEAST and len(w) >= PART) - self.common

    @property
    def _spaced(self) -> bool:
        return self.locale.spaced and self.locale.language != "ko"

    def _words(self, text: str) -> list[_Word]:
        return [
            _Word(self._stem(part.group()), word.start() + part.start(), word.start() + part.end())
            for word in WORD.finditer(text)
            for part in PIECE.finditer(word.group())
        ]

    def _stem(self, word: str) -> str:
        if word not in self.stemmed:
            self.stemmed[word] = stems(word, self.locale).strip()
        return self.stemmed[word]

    def _parts(self, word: str) -> frozenset[str]:
        """Words of the language that a compound begins or ends with."""
        if word not in self.compounds:
            ends = (word[at:] for at in range(PART, len(word) - PART + 1))
            starts = (word[:at].removesuffix("s") for at in range(PART, len(word) - PART + 1))
            self.compounds[word] = self.vocabulary.intersection((*ends, *starts))
        return self.compounds[word]

    def candidates(self, text: str, *, note: bool) -> set[str]:
        """What in a text could be a term; `note` remembers how it is written."""
        return self._by_word(text, note=note) if self._spaced else set(self._by_character(text))

    def _by_word(self, text: str, *, note: bool) -> set[str]:
        words = self._words(text)
        found = set[str]()
        for start, first in enumerate(words):
            if self.vocabulary:
                found |= self._parts(first.stem)
            for end in range(start + 1, min(start + WORDS, len(words)) + 1):
                last = words[end - 1]
                if end - start > 1 and not self.common.isdisjoint((first.stem, last.stem)):
                    continue
                gram = " ".join(word.stem for word in words[start:end])
                found.add(gram)
                if note and not CUT_BEFORE.search(text, 0, first.start) and not CUT_AFTER.match(text, last.end):
                    self.surfaces[gram][" ".join(text[first.start : last.end].split())] += 1
        return found

    def _by_character(self, text: str) -> Iterator[str]:
        for run in RUN.findall(text):
            for start in range(len(run) - 1):
                for end in range(start + 2, min(start + CHARACTERS, len(run)) + 1):
                    gram = run[start:end]
                    torn = TORN.match(run[start - 1 : start + 1]) or TORN.match(run[end - 1 : end + 1])
                    if not torn and not BAD_START.match(gram) and not BAD_END.match(gram[-1]) and gram == gram.strip():
                        yield gram

    def surface(self, gram: str) -> str:
        """How a candidate is written most often; "" for one that is never written alone and in full."""
        if not self._spaced:
            return gram
        return self.surfaces[gram].most_common(1)[0][0] if self.surfaces.get(gram) else ""


def proposals(
    aligned: Sequence[Aligned], concepts: Sequence[str], *, names: Sequence[str], locale: LocalePack
) -> Iterator[Proposal]:
    """A proposal for each concept that enough texts speak of; `locale` is the one of the translations."""
    spoken = _texts_of(aligned, concepts, names)
    side = _Side(locale)
    side.learn(each.target for each in aligned)
    near: dict[str, Counter[str]] = {}
    for concept, places in spoken.items():
        shortest = sorted(places, key=lambda place: len(aligned[place].target))[:READ]
        counted = Counter(gram for place in shortest for gram in side.candidates(aligned[place].target, note=True))
        near[concept] = Counter({g: n for g, n in counted.most_common(KEPT * 4) if n >= LEAST})
    wanted = {gram for counted in near.values() for gram in counted}
    everywhere: dict[str, set[int]] = defaultdict(set)
    for place, each in enumerate(aligned):
        for gram in side.candidates(each.target, note=False) & wanted:
            everywhere[gram].add(place)
    for concept, places in spoken.items():
        if proposal := _chosen(concept, set(places), near[concept], everywhere, side=side, aligned=aligned):
            yield proposal


def _texts_of(aligned: Sequence[Aligned], concepts: Sequence[str], names: Sequence[str]) -> Mapping[str, list[int]]:
    """Where each concept is spoken of, as it is written or in the plural: what is special is no specialization.

    In "indirect reseller" nobody speaks of a reseller.
    """
    longest = sorted((*concepts, *names), key=len, reverse=True)
    spoken = regex.compile("|".join(rf"(\b{_in_any_number(term)}\b)" for term in longest), regex.IGNORECASE)
    found: dict[str, list[int]] = {concept: [] for concept in concepts}
    for place, each in enumerate(aligned):
        for term in {longest[(match.lastindex or 1) - 1]: None for match in spoken.finditer(each.source)}:
            if term in found:
                found[term].append(place)
    return found


def _in_any_number(term: str) -> str:
    escaped = regex.escape(term, literal_spaces=True)
    return f"{escaped[:-1]}(?:y|ies)" if term.endswith("y") else f"{escaped}(?:s|es)?"


def _chosen(
    concept: str,
    places: set[int],
    near: Counter[str],
    everywhere: Mapping[str, set[int]],
    *,
    side: _Side,
    aligned: Sequence[Aligned],
) -> Proposal | None:
    """The candidate that is where the concept is and nowhere else."""
    scores = {
        g: 2 * len(everywhere[g] & places) / (len(everywhere[g]) + len(places))
        for g in near
        if everywhere[g] and side.surface(g)
    }
    if not scores:
        return None
    best = max(scores, key=lambda gram: scores[gram])
    share = LONGER_PHRASE if " " in concept else LONGER
    longer = [gram for gram in scores if best in gram and scores[gram] >= share * scores[best]]
    best = max(longer, key=lambda gram: (len(gram.split()), len(gram)))
    term = side.surface(best)
    seen = everywhere[best] & places
    if len(seen) < SEEN:
        return None
    left = places - seen
    others: dict[str, int] = {}
    for gram in sorted(scores, key=lambda gram: len(everywhere[gram] & left) * scores[gram], reverse=True)[:3]:
        count = len(everywhere[gram] & left)
        if count >= LEAST and gram not in best and best not in gram and scores[gram] >= scores[best] / 4:
            others[side.surface(gram)] = count
    origins = Counter(aligned[place].origin for place in seen)
    return Proposal(concept, term, len(seen), len(places), others, dict(origins.most_common()))
