"""Who is named as the contact: the person whose name goes with the address, or who stands after "contact"."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import regex
from anyascii import anyascii

from assistant.agents.understanding.entities import Entity, Marked
from assistant.agents.understanding.lexicon import Lexicon, pattern
from assistant.agents.understanding.pieces import Piece, addressed_to, sender

TITLES = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Ing|Dipl|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|M|Sr|Sra|Srta|Dra|Dott|Dott\.ssa"
    r"|Sig|Signora|Signor|Dhr|Mevr|Mevrouw|Meneer|Dña|Don|Doña)\.?\s+)"
)
NAME_WORD = r"(?:\p{Lu}[\p{L}'’\-]+|\p{Lu}\.)"
NAME = regex.compile(
    rf"(?<![\p{{L}}@.])(?:{TITLES})*(?P<name>{NAME_WORD}(?:\s+(?:(?:de|da|do|dos|das|di|del|della|van|von|der|den|ten|ter|zu|la|le|du|el|al|bin|y|e)\s+)*{NAME_WORD}){{0,3}})"
)
TITLED = regex.compile(rf"(?<!\p{{L}}){TITLES}+(?P<name>{NAME_WORD}(?:\s+{NAME_WORD})*)")
JAPANESE_NAME = regex.compile(
    r"(?P<before>[^\s、,:：（(][^、,:：（(\n]*?[\s　])?(?P<name>[\p{Han}\p{Katakana}\p{Hiragana}ー]{1,6}"
    r"(?:[\s　・][\p{Han}\p{Katakana}\p{Hiragana}ー]{1,6})?)[\s　]?(?:様|さん|氏|殿)"
)

FAMILY_NAME = regex.compile(r"\p{Han}{1,3}(?<![長部課室役員者当任理事])")  # and no job, which stands before a name too


ROLE_IS = (
    r"(?:^|[,;.:\n–-])\s*(?:the |der |die |le |la |el |o |a |il |de |their |ihr(?:e)? |son |su )?"
    r"(?P<role>\p{L}[\p{L}\-]*(?:\s\p{L}[\p{L}\-]*){0,2})\s(?:is|ist|est|es|è|é|heißt|heet)\s$"
)
SPELLED = {ord(letter): spelled for letter, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))}


@dataclass(frozen=True, slots=True)
class Person:
    """A name with its place and, where stated, the role."""

    name: str
    start: int
    end: int
    role: str = ""


def contact_email(marked: Marked, words: Lexicon) -> Entity | None:
    """The customer's address: not the writer's own, not a mail's recipient; none when two remain."""
    candidates = []
    for entity in marked.of("email"):
        before = marked.text[max(0, entity.start - 40) : entity.start]
        own = regex.search(
            rf"{pattern(words.language, 'cues', 'own').pattern}[^,.;\n]{{0,30}}$", before, regex.IGNORECASE
        )
        if not own and not addressed_to(marked.text, entity.start):
            candidates.append(entity)
    values = {entity.value for entity in candidates}
    if len(values) > 1 and pattern(words.language, "cues", "correction").search(marked.text):
        return candidates[-1]
    return candidates[0] if candidates else None


def contact(marked: Marked, parts: list[Piece], email: Entity | None, words: Lexicon) -> Person | None:
    """The person to talk to; None when only an address or nobody is named."""
    text = marked.text
    if words.language == "ja":
        found = _japanese(text)
    else:
        found = _sender(text, email) or _like_address(marked, email, words) or _labelled(marked, words)
    if found is None:
        return None
    role = found.role or _role(found, parts, marked)
    return Person(found.name, found.start, found.end, role)


def _japanese(text: str) -> Person | None:
    for match in JAPANESE_NAME.finditer(text):
        place = text[max(0, match.start() - 12) : match.start()]
        if regex.search(r"(?:担当|連絡先|窓口|先方)[^。\n]*$", place + (match["before"] or "")) or regex.match(
            r"\s*[（(]?\s*[\w.+\-]+@", text[match.end() :]
        ):
            role = (match["before"] or "").strip(" 　")
            role = regex.sub(r"^.*(?:担当者?|連絡先|窓口)(?:は|：|:)?\s*", "", role)
            if FAMILY_NAME.fullmatch(role) and not regex.search(r"[\s　]", match["name"].strip()):
                return Person(f"{role} {match['name'].strip()}", match.start("before"), match.end("name"), "")
            return Person(match["name"].strip(), match.start("name"), match.end("name"), role)
    return None


def _sender(text: str, email: Entity | None) -> Person | None:
    found = sender(text)
    if found is None or email is None or email.start < found[1] or "\n" in text[found[2] : email.start]:
        return None
    return Person(*found)


def _names(text: str, words: Lexicon) -> list[regex.Match[str]]:
    """Every name, without a word such as "Contact" before it."""
    cue = pattern(words.language, "cues", "contact")
    found = []
    at = 0
    while (match := NAME.search(text, at)) is not None:
        head = cue.match(text, match.start("name"))
        lead = regex.match(r"[\s:：]+", text[head.end() :]) if head and head.end() < match.end() else None
        if head and lead:
            at = head.end() + lead.end()
            continue
        found.append(match)
        at = match.end()
    return found


def _like_address(marked: Marked, email: Entity | None, words: Lexicon) -> Person | None:
    """The name one of whose words stands in the part of the address before the @."""
    if email is None:
        return None
    local = _letters(email.value.split("@")[0])
    initials = [part for part in regex.split(r"[._\-+]", email.value.split("@")[0]) if part]
    best: tuple[int, Person] | None = None
    for match in _names(marked.rest, words):
        names = [_letters(word) for word in match["name"].split()]
        hits = [index for index, word in enumerate(names) if len(word) >= 3 and word in local]
        exact_initials = len(names) > 1 and "".join(word[0] for word in names if word) == "".join(initials)
        if not hits and not exact_initials:
            continue
        score = sum(len(names[index]) for index in hits) + (4 if exact_initials else 0)
        if best is None or score > best[0]:
            best = (score, Person(match["name"], match.start("name"), match.end("name")))
    return best[1] if best and len(best[1].name.split()) <= 5 else None


def _labelled(marked: Marked, words: Lexicon) -> Person | None:
    rest = marked.rest
    for cue in words.all("contact", rest):
        match = NAME.match(
            rest, regex.match(r"[\s:：\-–]*(?:is|ist|est|es|è|é|wäre)?\s*", rest[cue.end() :]).end() + cue.end()
        )
        if match and len(match["name"]) > 2:
            return Person(match["name"], match.start("name"), match.end("name"))
    titled = TITLED.search(rest)
    return Person(titled["name"], titled.start("name"), titled.end("name")) if titled else None


def _role(person: Person, parts: list[Piece], marked: Marked) -> str:
    """The short piece right after the name, before an address or the end of the sentence."""
    for piece, after in pairwise(parts):
        if not piece.text.endswith(person.name) or piece.after not in {",", "(", "（", "–", "—", "-"}:
            continue
        recognised = any(after.start < entity.end and entity.start < after.end for entity in marked.entities)
        if not recognised and 0 < len(after.words) <= 5 and after.sentence == piece.sentence:
            return after.text
    before = regex.search(ROLE_IS, marked.rest[: person.start])
    return before["role"] if before else ""


def _letters(text: str) -> str:
    letters: str = regex.sub(r"[^a-z]", "", anyascii(text.lower().translate(SPELLED)).lower())
    return letters
