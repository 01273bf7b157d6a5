"""One field for a model to write, and what is wrong with what it wrote, as instructions that it can act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import regex

from assistant.campaigns.block import Block, Texts
from assistant.campaigns.channel import Unit
from assistant.campaigns.checks import language
from assistant.campaigns.checks.partner_fact import CERTIFIED
from assistant.campaigns.finding import Severity
from assistant.campaigns.kit import Author, KitField
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.model_copy import WrittenField
from assistant.campaigns.segment import Segment
from assistant.campaigns.tokens import MARKS, TOKEN, Veiled, veiled
from assistant.campaigns.work import Part, Work
from assistant.errors import SettingsError

FIRST_SMS_PART = 160
PLAIN = regex.compile(r"[{}<>`|$\\]|\*\*|__|&\w+;|\p{Cc}(?<!\n)")
ADDRESS = regex.compile(r"://|\bwww\.|\S@\S|[\p{L}\p{N}-]\.(?:com|net|org|io|example|info|biz|dev|app|[a-z]{2})\b/?")
FIGURE = regex.compile(r"\p{N}|[%‰％٪€£¥₩₹¢]")
LATIN_RUN = regex.compile(r"(?:\p{Latin}[\p{Latin}’'-]*[\s,;:.]+){3}\p{Latin}{2,}")
SENTENCE_END = regex.compile(r"(?<=[.!?…])\s+|\n+")
ECHO_WORDS, ECHO_CHARACTERS = 6, 16


class Fault(StrEnum):
    """What the model is told to correct; findings of the checks come under the check's own name."""

    ABSENT = "absent"
    TOKEN_LOST = "token_lost"  # noqa: S105 - no password
    TOKEN_ADDED = "token_added"  # noqa: S105
    NUMBER = "number"
    MARKUP = "markup"
    ADDRESS = "address"
    PARTNER_FACT = "partner_fact"
    CLAIM_UNKNOWN = "claim_unknown"
    CLAIM_MISSING = "claim_missing"
    LINES = "lines"
    QUOTED = "quoted"
    LANGUAGE = "language"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing to correct: its code and what it is about."""

    code: str
    about: str


@dataclass(frozen=True, slots=True)
class Task:
    """A field that a model is asked for. `text` is the English with tokens, `size` the size it is a text of."""

    part: Part
    size: str
    text: Veiled
    claims: tuple[str, ...]
    approved: KitField

    @property
    def name(self) -> str:
        """Names it in requests."""
        return self.part.name


def own_words(work: Work) -> Work:
    """The work of a kit whose texts are written in its own locale, from the present English ones."""
    terms = work.texts.terms if work.translated else {}
    given = work.master.approval, work.master.expires
    texts = Texts(locale=work.pack.locale, approval=given[0], expires=given[1], themes={}, terms=terms)
    return replace(work, texts=texts)


def task_of(part: Part, approved: KitField, work: Work) -> Task | None:
    """What to ask for; None for the disclosure, and for a text that nobody but people may write."""
    if part.master is None or not approved.variant:
        return None
    names = (*work.library.programme(work.brief.programme).names, *work.library.world_names)
    text = veiled(work.english(part.master, approved.variant), names)
    return Task(part, approved.variant, text, part.master.claims, approved) if text else None


def room(task: Task, work: Work) -> int:
    """How long the text may be, in the unit of its channel, with the values of its slots in it."""
    limit = task.part.place.limit
    whole = (limit.soft or limit.hard) if limit.unit is not Unit.PARTS else FIRST_SMS_PART * (limit.soft or limit.hard)
    return max(whole - work.added(task.part.place), 10)


def judged(task: Task, written: WrittenField | None, work: Work) -> tuple[KitField | None, tuple[Repair, ...]]:
    """The field with the model's text, and what is wrong with it; no field when the text cannot be read at all.

    `work` is that of `own_words`. What is wrong with the approved text, too, is not the model's to mend.
    """
    if written is None or not written.text(spaced=True):
        return None, (Repair(Fault.ABSENT, task.name),)
    text = written.text(spaced=work.pack.spaced)
    found = tuple(_faults(task, written, text, work))
    if found:
        return None, found
    block = Block.model_validate({task.size: task.text.restored(text), "claims": written.claims})
    try:
        made = work.made(replace(task.part, block=block))
    except SettingsError:  # Fluent takes no text of that length
        return None, (Repair(Fault.LENGTH, f"{len(text)} characters, {room(task, work)} are wanted"),)
    known = {(finding.check, finding.message) for finding in task.approved.findings}
    repairs = tuple(
        Repair(finding.check, finding.message)
        for finding in made.findings
        if finding.severity is Severity.ERROR and (finding.check, finding.message) not in known
    )
    return replace(made, author=Author.MODEL), repairs


def _faults(task: Task, written: WrittenField, text: str, work: Work) -> Iterator[Repair]:
    """What the checks cannot see, because the text is not a pattern yet."""
    yield from _tokens(task, text)
    bare = TOKEN.sub(" ", text)
    for code, pattern in ((Fault.MARKUP, PLAIN), (Fault.MARKUP, MARKS), (Fault.ADDRESS, ADDRESS)):
        if match := pattern.search(bare):
            yield Repair(code, match[0])
    for match in _amounts(bare, work.pack):
        yield Repair(Fault.NUMBER, match)
    tiers = "|".join(regex.escape(tier) for tier in work.partner.tiers if tier != "registered") or r"(?!)"
    if match := CERTIFIED.search(bare) or regex.search(rf"\b(?:{tiers})\b", bare, regex.IGNORECASE):
        yield Repair(Fault.PARTNER_FACT, match[0])
    if not task.part.place.limit.multiline and ("\n" in text or len(written.paragraphs) > 1):
        yield Repair(Fault.LINES, "one")
    for told in (work.brief.audience, work.brief.goal):
        if echoed := _echo(bare, told):
            yield Repair(Fault.QUOTED, echoed)
    yield from _claims(task, written, work)
    yield from _foreign(bare, work)


def _foreign(text: str, work: Work) -> Iterator[Repair]:
    """Sentences in another language, which a whole text may hide."""
    if work.pack.script != "Latn":
        if match := LATIN_RUN.search(text):
            yield Repair(Fault.LANGUAGE, " ".join(match[0].split()))
        return
    english = work.library.locale(work.master.locale)
    for sentence in SENTENCE_END.split(text):
        segment = Segment(source="", target=sentence, source_locale=english, locale=work.pack)
        if found := next(language.check(segment), None):
            yield Repair(Fault.LANGUAGE, found.message)


def _tokens(task: Task, text: str) -> Iterator[Repair]:
    wanted, found = task.text.counted, Veiled(text, {}).counted
    for token in (wanted - found).elements():
        yield Repair(Fault.TOKEN_LOST, token)
    for token in (found - wanted).elements():
        yield Repair(Fault.TOKEN_ADDED, token)


def _amounts(text: str, locale: LocalePack) -> Iterator[str]:
    if match := FIGURE.search(text):
        yield match[0]
    if locale.quantity and (match := locale.quantity.search(text)):
        yield match[0]


def _claims(task: Task, written: WrittenField, work: Work) -> Iterator[Repair]:
    for claim in written.claims:
        if claim not in task.claims:
            yield Repair(Fault.CLAIM_UNKNOWN, claim)
    if task.claims and not written.claims:
        yield Repair(Fault.CLAIM_MISSING, task.claims[0])
    givers = _givers(task, work)
    for sentence in written.sentences:
        for token in TOKEN.findall(sentence.text):
            giver = givers.get(token, ())
            if giver and not set(giver) & set(sentence.claim_ids):
                yield Repair(Fault.CLAIM_MISSING, f"{giver[0]} for {token}")


def _givers(task: Task, work: Work) -> Mapping[str, tuple[str, ...]]:
    """The claims that give the value of each token."""
    return {
        token: tuple(name for name in task.claims if task.text.slot(token) in work.claims[name].values)
        for token in task.text.tokens
    }


def _echo(text: str, told: str) -> str:
    """Words of somebody else's text that stand in this one, as many in a row as chance does not give."""
    words, said = told.casefold().split(), f" {' '.join(text.casefold().split())} "
    for start in range(len(words) - ECHO_WORDS + 1):
        piece = " ".join(words[start : start + ECHO_WORDS])
        if f" {piece} " in said:
            return piece
    close, wanted = "".join(text.casefold().split()), "".join(told.casefold().split())
    if told.isascii():
        return ""
    for start in range(len(wanted) - ECHO_CHARACTERS + 1):
        if wanted[start : start + ECHO_CHARACTERS] in close:
            return wanted[start : start + ECHO_CHARACTERS]
    return ""
