"""The traps: each check tells what a sentence says that its evidence does not. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from assistant.answering.verification.evidence import Piece, Support
from assistant.answering.verification.quantity import Quantity
from assistant.answering.verification.reading import Cue, Name, Reading, key_of
from assistant.answering.verification.verdict import Finding, Trap
from assistant.answering.verification.vocabulary import members

CONTEXT_LEAD = 2  # terms by which another number of the evidence must fit better to be the one that is meant
NEARLY = 0.75  # of the words of both sides
COVERED = 0.5  # of a clause: from here on a sentence is taken to repeat it
COUNTED = 10  # a number in words up to this may count what the evidence lists


def wrong_numbers(sentence: Reading, support: Support) -> list[Finding]:
    """Quantities the evidence does not have, has with another unit, or has of something else."""
    near = [q for piece in support.cover for q in piece.whole.quantities]
    everywhere = [q for piece in support.pieces for q in piece.whole.quantities] + list(support.context.quantities)
    findings = []
    for quantity in sentence.quantities:
        if any(quantity.equals(q) for q in near):
            if (other := _of_something_else(quantity, sentence, support.cover)) is not None:
                findings.append(Finding(Trap.NUMBER, quantity.words, other.words))
            continue
        finding = _missing(quantity, near, everywhere)
        if finding is not None and not _told_by_date(quantity, sentence, support):
            findings.append(finding)
    return findings


def _missing(quantity: Quantity, near: Sequence[Quantity], everywhere: Sequence[Quantity]) -> Finding | None:
    rivals = [q for q in near if q.family == quantity.family]
    loose = [q for q in everywhere if q.bare & quantity.bare and "" in {q.family, quantity.family}]
    same_text = [q for q in everywhere if quantity.equals(q)]
    if (same_text or loose) and not rivals:
        return None
    if any(q in near for q in loose):
        return None
    unit = next((q for q in near if q.values & quantity.values or q.words[:1] == quantity.words[:1]), None)
    if unit is not None and unit.family != quantity.family and _digits(unit) == _digits(quantity):
        return Finding(Trap.UNIT, quantity.words, unit.words)
    if same_text and not rivals:
        return None
    if quantity.spelled and not quantity.family and not rivals and max(quantity.values) <= COUNTED:
        return None
    return Finding(Trap.NUMBER, quantity.words, rivals[0].words if rivals else "")


def _digits(quantity: Quantity) -> str:
    return "".join(c for c in quantity.words if c.isdigit())


def _told_by_date(quantity: Quantity, sentence: Reading, support: Support) -> bool:
    """A bare year is told by a date of that year."""
    if quantity.family or not sentence.text:
        return False
    texts = [piece.whole for piece in support.pieces] + [support.context]
    return any(day.year is not None and day.year in quantity.values for text in texts for day in text.dates)


def _of_something_else(quantity: Quantity, sentence: Reading, cover: Sequence[Piece]) -> Quantity | None:
    """Another number of the same kind whose surroundings fit clearly better than those of the equal one."""
    around = sentence.near(quantity.start, quantity.end)
    fits = [
        (len(around & piece.whole.near(q.start, q.end)), quantity.equals(q), q)
        for piece in cover
        for q in piece.whole.quantities
        if q.family == quantity.family
    ]
    same = max((fit for fit, equal, _ in fits if equal), default=0)
    others = [(fit, q) for fit, equal, q in fits if not equal]
    best = max(others, key=lambda each: each[0], default=None)
    return best[1] if best is not None and best[0] >= same + CONTEXT_LEAD else None


def wrong_dates(sentence: Reading, support: Support) -> list[Finding]:
    """Dates the evidence does not tell."""
    near = [day for piece in support.cover for day in piece.whole.dates]
    everywhere = [day for piece in support.pieces for day in piece.whole.dates] + list(support.context.dates)
    findings = []
    for day in sentence.dates:
        pool = near or everywhere
        if not any(day.within(other) for other in pool):
            findings.append(Finding(Trap.DATE, day.words, pool[0].words if pool else ""))
    return findings


def wrong_names(sentence: Reading, support: Support, *, cited: Iterable[Reading], strict: bool = True) -> list[Finding]:
    """Names no cited text has, and names put in the place of another one.

    `strict` is off across languages, where only names that are written alike everywhere are compared.
    """
    everywhere = _keys([*cited, support.context])
    near = _keys([piece.whole for piece in support.cover] + [support.context])
    findings = []
    mine = {key for name in sentence.names for key in _parts(name)} | {key_of(t.lower) for t in sentence.tokens}
    for name in sentence.names:
        if not strict and not _written_alike(name):
            continue
        absent = [part for part in _parts(name) if part not in everywhere]
        if absent:
            findings.append(Finding(Trap.ENTITY, name.words))
        elif any(part not in near for part in _parts(name)):
            replaced = [n for p in support.cover[:1] for n in p.own.names if not set(_parts(n)) & mine]
            if replaced:
                findings.append(Finding(Trap.ENTITY, name.words, replaced[0].words))
    return findings


def _parts(name: Name) -> list[str]:
    return [key_of(name.words)]


def _keys(readings: Iterable[Reading]) -> set[str]:
    found: set[str] = set()
    for reading in readings:
        found |= {key_of(token.lower) for token in reading.tokens}
        found |= {key_of(name.words) for name in reading.names}
    return found


def _written_alike(name: Name) -> bool:
    """Identifiers, acronyms and mixed case stay as they are in any language."""
    word = name.words
    return any(c.isdigit() for c in word) or "://" in word or "@" in word or sum(c.isupper() for c in word) > 1


def swapped_members(sentence: Reading, support: Support, *, names: str, trap: Trap) -> list[Finding]:
    """A tier or role in the place of another one; a tier must be named by the evidence at all."""
    known = members(names)
    cover = [piece.whole for piece in support.cover]
    mine = {known[t.lower]: t.lower for t in sentence.tokens if t.lower in known}
    best = {known[t.lower]: t.lower for reading in cover[:1] for t in reading.tokens if t.lower in known}
    replaced = [word for number, word in best.items() if number not in mine]
    added = [(number, word) for number, word in mine.items() if number not in best]
    texts = [*(piece.whole for piece in support.pieces), support.context]
    everywhere = {known.get(t.lower) for reading in texts for t in reading.tokens}
    return [
        Finding(trap, word, replaced[0] if replaced else "")
        for number, word in added
        if replaced or (trap is Trap.TIER and number not in everywhere)
    ]


def wrong_polarity(sentence: Reading, cover: Sequence[Piece]) -> list[Finding]:
    """A negation that only one side has, about words that both have."""
    theirs = [cue for piece in cover for cue in piece.whole.cues if cue.set == "negation"]
    mine = [cue for cue in sentence.cues if cue.set == "negation"]
    content = frozenset(term for piece in cover for term in piece.whole.content)
    added = [cue for cue in mine if not _answered(cue, theirs) and (not theirs or cue.scope & content)]
    findings = [Finding(Trap.NEGATION, cue.words) for cue in added]
    for place, piece in enumerate(cover):
        lost = (cue for cue in piece.own.cues if cue.set == "negation" and not _answered(cue, mine))
        findings += [Finding(Trap.NEGATION, "", cue.words) for cue in lost if repeated(cue, sentence, best=place == 0)]
    if not findings and cover and near_copy(sentence, cover[0].own):
        own = [cue for cue in cover[0].own.cues if cue.set == "negation"]
        if len(own) != len(mine):
            findings.append(Finding(Trap.NEGATION, _words(mine), _words(own)))
    return findings


def near_copy(sentence: Reading, own: Reading) -> bool:
    """Whether a sentence repeats a unit nearly word for word, so that every small word counts."""
    both = len(sentence.content & own.content)
    return both >= NEARLY * max(len(sentence.content), 1) and both >= NEARLY * max(len(own.content), 1)


def _words(cues: Sequence[Cue]) -> str:
    return ", ".join(cue.words for cue in cues)


def _answered(cue: Cue, others: Sequence[Cue]) -> bool:
    return any(cue.scope & other.scope for other in others)


def repeated(cue: Cue, sentence: Reading, *, best: bool) -> bool:
    """Whether the sentence says what this cue bears on; of a lesser piece it must say all of it."""
    share = len(cue.scope & sentence.content) / len(cue.scope) if cue.scope else 0.0
    return share >= COVERED if best else share == 1 and len(cue.scope) > 1


TRAPS = {
    "modality": Trap.MODALITY,
    "bound": Trap.QUANTIFIER,
    "quantifier": Trap.QUANTIFIER,
    "order": Trap.QUANTIFIER,
    "period": Trap.UNIT,
    "opposite": Trap.NEGATION,
    "inclusion": Trap.NEGATION,
    "access": Trap.CONTENT,
    "effort": Trap.CONTENT,
    "rank": Trap.NUMBER,
}
STRICT = ("modality", "quantifier", "bound", "order", "rank", "period")


def exchanged_cues(sentence: Reading, cover: Sequence[Piece]) -> list[Finding]:
    """A cue in the place of its opposite: may for must, at most for at least, some for all, before for after."""
    theirs = [cue for piece in cover for cue in piece.whole.cues]
    turned = _negated(sentence) | frozenset(word for piece in cover for word in _negated(piece.whole))
    findings = []
    for cue in sentence.cues:
        trap = TRAPS.get(cue.set)
        rivals = [c for c in theirs if c.set == cue.set]
        if trap is None or any(c.group == cue.group for c in rivals) or not rivals:
            continue
        if cue.words in turned or any(c.words in turned for c in rivals):
            continue  # "must not" and "cannot" say the same; polarity is checked apart
        bound = [c for c in rivals if c.scope & cue.scope] or ([] if cue.scope else rivals)
        kept = {c.group for c in sentence.cues if c.set == cue.set}
        if bound and not {c.group for c in bound} <= kept:
            findings.append(Finding(trap, cue.words, bound[0].words))
    if not findings and cover and near_copy(sentence, cover[0].own):
        findings += _changed_in_copy(sentence, cover[0].own, turned)
    return findings


def _changed_in_copy(sentence: Reading, own: Reading, turned: frozenset[str]) -> list[Finding]:
    """Cues that a near copy has more of than the original; bounds also when it has fewer."""
    mine = Counter((cue.set, cue.group) for cue in sentence.cues if cue.words not in turned)
    theirs = Counter((cue.set, cue.group) for cue in own.cues if cue.words not in turned)
    added = [(name, group) for name, group in mine - theirs if name in STRICT]
    lost = [(name, group) for name, group in theirs - mine if name in STRICT]
    findings = []
    for name in STRICT:
        more, fewer = [g for n, g in added if n == name], [g for n, g in lost if n == name]
        exchanged = bool(more and fewer) or (name == "quantifier" and bool(more)) or (name == "bound" and more != fewer)
        if exchanged:
            findings.append(Finding(TRAPS[name], ", ".join(more), ", ".join(fewer)))
    return findings


def _negated(reading: Reading) -> frozenset[str]:
    """The modal and including words that stand beside a negation."""
    places = [cue.at for cue in reading.cues if cue.set == "negation"]
    return frozenset(
        cue.words
        for cue in reading.cues
        if cue.set in {"modality", "inclusion"}
        and any(0 < at - cue.at - len(cue.words) <= 2 or 0 < cue.at - at <= 8 for at in places)
    )
