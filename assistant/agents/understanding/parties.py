"""Which company a deal is about, where it is, and which other companies are named beside it."""

from __future__ import annotations

from dataclasses import dataclass

import regex
from anyascii import anyascii
from rapidfuzz.fuzz import partial_ratio

from assistant.agents.understanding.entities import FILL, Entity, Marked
from assistant.agents.understanding.lexicon import Lexicon, pattern
from assistant.agents.understanding.people import Person
from assistant.agents.understanding.pieces import Piece, label

SMALL = (
    r"(?:of|the|and|&|de|da|do|dos|das|du|des|la|le|les|el|los|las|di|del|della|dei|van|von|der|den|und|et|y|e|en|für"
    r"|zu|zum|am|vom|for|i)"
)
CASE_PARTICLES = r"(?:様|さん)?(?:向け|の案件|の商談|を登録|の登録)"
START = r"(?:\p{Lu}|\d+(?=\s*\p{Lu}))[\p{L}\p{N}'’\-&.]*"
COMPANY = regex.compile(
    rf"(?<![\p{{L}}@]){START}(?:\s+(?:(?:{SMALL})\s+)*(?:{START}|&\s+{START}|\+))*(?:\s+&\s+{START})*"
)
ELISION = regex.compile(r"(?<![\p{L}])(?:[dlDL]['’]|dell['’]|nell['’]|all['’])(?=\p{Lu})")
DOTTED = regex.compile(
    r"(?<!\p{L})(?:(?:\p{L}\.)+\p{L}|Ltda|Lda|Ltd|Inc|Corp)$"
)  # ends in a dot as it is written: S.L., Ltda.
FORM = regex.compile(
    r"(?<!\p{L})(?:GmbH(?: & Co\.? KG)?|AG|KG|SE|e\.?G\.?|Ltd|Limited|LLC|Inc|Corp|PLC|plc|LLP"
    r"|S\.?A\.?S?|S\.?L\.?U?|S\.?A\.?R\.?L|SARL|SpA|S\.p\.A|S\.?r\.?l|"
    r"B\.?V|N\.?V|Lda|Ltda|AS|ASA|AB|Oy|ApS|A/S|Pty|Pte|Co|K\.K)\.?(?!\p{L})|株式会社|有限会社|合同会社|信用組合|法人|協同組合"
)
JAPANESE_COMPANY = r"[\p{Han}\p{Katakana}\p{Hiragana}\p{Latin}\p{N}ー・＆& ]*?[\p{Han}\p{Katakana}\p{Latin}\p{N}ー]"
ALIKE = 80
SPELLED = {ord(letter): spelled for letter, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))}


@dataclass(frozen=True, slots=True)
class Company:
    """A candidate name with its place in the text and what speaks for it."""

    name: str
    start: int
    end: int
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Known:
    """What is already recognised in a text and cannot be the customer."""

    email: Entity | None
    person: Person | None


def customer(marked: Marked, parts: list[Piece], known: Known, words: Lexicon) -> Company | None:
    """The end customer: the best candidate by label, words before it, form, address and place; None when none fits."""
    candidates = _japanese(parts) if words.language == "ja" else _capitalised(marked, parts, words)
    scored = [Company(c.name, c.start, c.end, _score(c, marked, parts, known, words)) for c in candidates]
    best = max(scored, key=lambda company: (company.score, -company.start), default=None)
    return best if best is not None and best.score > 0 else None


def formed(marked: Marked, parts: list[Piece], words: Lexicon) -> list[Company]:
    """Every company that is named with its legal form."""
    candidates = _japanese(parts) if words.language == "ja" else _capitalised(marked, parts, words)
    return [company for company in candidates if FORM.search(company.name)]


def _capitalised(marked: Marked, parts: list[Piece], words: Lexicon) -> list[Company]:
    found = []
    ordinary = pattern(words.language, "cues", "not_a_name")
    for part in parts:
        text = ELISION.sub(lambda match: " " * len(match.group()), part.rest)
        text = regex.sub(r"(?<=\p{L})['’]s(?!\p{L})", "  ", text) if words.language in {"en", "nl"} else text
        for match in COMPANY.finditer(text):
            start, name = part.start + match.start(), match.group().rstrip(" &-.+")
            name += "." * bool(DOTTED.search(name) and marked.text[start + len(name) :].startswith("."))
            while True:  # leading words that are ordinary ones here: the first of a sentence, a greeting, a request
                head = ordinary.match(name)
                if head is None:
                    break
                step = head.end() + len(name[head.end() :]) - len(regex.sub(r"^[\p{L}]*[\s.]*", "", name[head.end() :]))
                smaller = regex.match(rf"(?:{SMALL}\s+)*", name[step:])
                step += smaller.end() if smaller else 0
                start, name = start + step, name[step:]
            if FORM.match(marked.text[start + len(name) : start + len(name) + 8].lstrip(" ,")):
                form = FORM.match(marked.text, start + len(name) + 1)
                name = marked.text[start : form.end()] if form else name
            elif name and part.text[match.end() :][:1] == "." and FORM.search(name + "."):
                name += "." if regex.search(r"(?:S\.A|Ltda|Lda|Inc|S\.r\.l|B\.V|N\.V|Corp|S\.L|Ltd|Co)$", name) else ""
            if len(name) > 1 and not regex.fullmatch(FORM, name):
                found.append(Company(name, start, start + len(name)))
    return found


def _japanese(parts: list[Piece]) -> list[Company]:
    found = []
    for part in parts:
        rest = regex.sub(
            r"^(?:次は|新規|案件|登録|本日|今回は?|また|なお)[、:：]?", lambda m: FILL * len(m.group()), part.rest
        )
        rules = (
            rf"(?P<name>{JAPANESE_COMPANY})(?:様|さん|殿)?(?:向け|の案件|の商談|の登録|の件|への|を登録|が顧客|を申請|で案件|を保護|から引き合い|で商談|、|は(?=\s|{FILL}))",
            rf"(?:お客様|顧客|エンドユーザー|最終顧客|得意先)は(?P<name>{JAPANESE_COMPANY})(?:様|さん)?(?:で|です|に|の|$)",
            rf"^(?P<name>{JAPANESE_COMPANY})(?:様|さん|殿)?(?:に|が|で|へ|の)(?={FILL}|[\p{{Han}}\p{{Hiragana}}])",
            rf"^(?P<name>{JAPANESE_COMPANY})(?:様|さん|殿|御中)?$",
            rf"(?P<name>{JAPANESE_COMPANY})(?:様|さん|殿)",
        )
        for rule in rules:
            match = regex.search(rule, rest)
            if match and 2 <= len(match["name"].strip()) <= 24 and FILL not in match["name"]:
                name = match["name"].strip()
                found.append(
                    Company(name, part.start + match.start("name"), part.start + match.start("name") + len(name))
                )
    return found


def _score(company: Company, marked: Marked, parts: list[Piece], known: Known, words: Lexicon) -> float:
    """Points for and against; a candidate needs more than nothing to be taken."""
    if _is_other(company, marked.text, known, words):
        return -9.0
    text, here = marked.text, _index(parts, company)
    before = text[max(0, company.start - 40) : company.start]
    tag = label(parts[here - 1], words) if here else ""
    japanese = words.language == "ja"
    points = (
        (8.0, tag == "customer"),
        (-4.0, tag not in {"", "customer", "comment"}),
        (5.0, _ends_in("customer_is", r"[\s:：]*$", before, words)),
        (3.0, FORM.search(company.name) is not None),
        (4.0, known.email is not None and _alike(company.name, known.email.value)),
        (2.0, _ends_in("before_customer", r"\s*$", before, words)),
        (4.0, japanese and regex.match(CASE_PARTICLES, text[company.end :]) is not None),
    )
    earned = sum(value for value, holds in points if holds)
    return (
        earned + _place_points(here, parts, marked) + _shape_points(company, parts, text, words) - company.start / 2000
    )


def _ends_in(cue: str, tail: str, before: str, words: Lexicon) -> bool:
    rule = pattern(words.language, "cues", cue).pattern + tail
    return regex.search(rule, before, regex.IGNORECASE) is not None


def _is_other(company: Company, text: str, known: Known, words: Lexicon) -> bool:
    """Whether it is the contact, a reseller, the writer's own firm, or no name at all."""
    person = known.person
    if person is not None and company.start < person.end and person.start < company.end:
        return True
    before = text[max(0, company.start - 40) : company.start]
    if any(_ends_in(cue, r"[^,.;:\n]{0,12}$", before, words) for cue in ("reseller", "own_firm")):
        return True
    ending = "" if words.language == "ja" else r"\w*"  # where nothing stands between words, it would be the next one
    ordinary = rf"(?:{pattern(words.language, 'cues', 'not_a_name').pattern}{ending}[.\s]*)+"
    return regex.fullmatch(ordinary, company.name, regex.IGNORECASE) is not None


def _shape_points(company: Company, parts: list[Piece], text: str, words: Lexicon) -> float:
    """Several capitals and a piece of its own speak for a name; the first word of a sentence against."""
    here = _index(parts, company)
    piece = parts[here]
    capitals = len(regex.findall(r"(?<!\p{L})\p{Lu}", company.name))
    opens = company.start == 0 or parts[here - 1].sentence < piece.sentence or piece.start == company.start
    points = (
        (1.0, capitals > 1 or words.language == "ja"),
        (1.0, piece.start == company.start and piece.end == company.end),
        (-2.0, here == 0 and company.start == 0 and len(piece.words) > 8),
        (-3.0, opens and capitals == 1 and regex.match(r"\s\p{Ll}", text[company.end :]) is not None),
        (-2.0, words.language == "de" and capitals == 1 and len(piece.words) > 3),
    )
    return sum(value for value, holds in points if holds)


def _index(parts: list[Piece], company: Company) -> int:
    return next((n for n, part in enumerate(parts) if part.start <= company.start < part.end), 0)


def _place_points(here: int, parts: list[Piece], marked: Marked) -> float:
    """A country or product within the next pieces of the same sentence speaks for a company."""
    sentence = parts[here].sentence
    for distance, part in enumerate(parts[here : here + 4]):
        if part.sentence != sentence and distance:
            break
        for entity in marked.entities:
            if (
                part.start <= entity.start < part.end
                and entity.kind in {"country", "product"}
                and entity.start >= parts[here].start
            ):
                return 2.0 if entity.kind == "country" else 1.0
    return 0.0


def _alike(name: str, address: str) -> bool:
    host = regex.sub(r"[^a-z0-9]", "", address.rpartition("@")[2].rpartition(".")[0])
    plain = FORM.sub("", name).lower().translate(SPELLED)
    letters = regex.sub(r"[^a-z0-9]", "", anyascii(plain).lower())
    longest = max((w for w in regex.findall(r"[a-z]+", anyascii(plain).lower())), key=len, default="")
    if len(letters) < 4 or len(host) < 4:
        return False
    return partial_ratio(letters, host) >= ALIKE or (len(longest) >= 5 and longest in host)


def country(marked: Marked, company: Company | None) -> Entity | None:
    """The customer's country: the only one named, or the one nearest after the customer; None for two candidates."""
    named = marked.of("country")
    if len({entity.value for entity in named}) <= 1:
        return named[0] if named else None
    if company is None:
        return None
    near = [
        e
        for e in named
        if company.end <= e.start <= company.end + 60
        and not regex.search(r"[.;\n]\s", marked.text[company.end : e.start])
    ]
    joined = len(near) > 1 and regex.fullmatch(
        r"\s*(?:/|or|oder|ou|o|of|か|または|、)\s*\S{0,6}", marked.text[near[0].end : near[1].start]
    )
    return None if joined or not near else near[0]


def city(
    marked: Marked, parts: list[Piece], company: Company | None, place: Entity | None, words: Lexicon
) -> tuple[str, int] | None:
    """The customer's city: the piece between its name and the country, or what follows "in" after the name."""
    if company is None:
        return None
    here = _index(parts, company)
    if place is not None:
        there = next((n for n, part in enumerate(parts) if part.start <= place.start < part.end), here)
        inside = _before_country(parts[there], place, words)
        if inside:
            return inside
        between = [part for part in parts[here + 1 : there] if FILL not in part.rest and part.start >= company.end]
        if between and there - here <= 4 and len(between[0].words) <= 4 and not label(between[0], words):
            return _clean(between[0].text, between[0].start, words)
    after = marked.rest[company.end : company.end + 50]
    rule = pattern(words.language, "cues", "in_place").pattern
    match = regex.match(
        rf"[\s,(]*{rule}\s+(?P<city>\p{{Lu}}[\p{{L}}'’\-]+(?:\s+(?:(?:de|do|da|am|an|la|le|el|di|del)\s+)*\p{{Lu}}[\p{{L}}'’\-]+){{0,3}})",
        after,
    )
    if match:
        return match["city"], company.end + match.start("city")
    return None


def _before_country(piece: Piece, place: Entity, words: Lexicon) -> tuple[str, int] | None:
    before = piece.text[: place.start - piece.start]
    if words.language == "ja":
        return None
    rule = pattern(words.language, "cues", "in_place").pattern
    match = regex.search(rf"(?:^|{rule}\s+)(?P<city>\p{{Lu}}[\p{{L}}'’\-]+(?:\s+\p{{Lu}}[\p{{L}}'’\-]+)*)\s*$", before)
    return (match["city"], piece.start + match.start("city")) if match else None


def _clean(text: str, start: int, words: Lexicon) -> tuple[str, int] | None:
    lead = regex.match(rf"(?:{pattern(words.language, 'cues', 'in_place').pattern}\s+)?(?:\d{{4,5}}\s+)?", text)
    step = lead.end() if lead else 0
    name = text[step:]
    fits = words.language == "ja" or regex.match(r"\p{Lu}", name)
    return (name, start + step) if fits and name else None
