"""The smaller slots: period, stage, tier, channels, languages, reasons, partners, funds and cooperation."""

from __future__ import annotations

import regex

from assistant.agents.understanding.entities import FILL, Marked
from assistant.agents.understanding.lexicon import Lexicon, pattern
from assistant.agents.understanding.parties import COMPANY, Company
from assistant.agents.understanding.pieces import Piece

Told = tuple[str, int, int]
TIERS = regex.compile(
    r"(?<![\p{L}])(?:platinum|platin|platine|platino|platina|gold|oro|ouro|silver|silber|argent|plata|prata|argento|zilver|goud|bronze|bronce|bronzo|brons|diamond)(?!\p{L})|(?:ゴールド|シルバー|プラチナ|ブロンズ)",
    regex.IGNORECASE,
)


POSSESSIVE = regex.compile(r"(?<=\p{L})['’]s(?!\p{L})")  # "Acme's MDF" names Acme
JAPANESE_PARTNER = (
    r"(?P<name>(?:株式会社)?[\p{Katakana}\p{Han}\p{Latin}ー・]{2,}?(?:社|株式会社|テック|システムズ?|ソリューションズ?)?)"
    r"(?:さん|様|社)?(?=と|を(?:招待|誘)|から|の(?:招待|共同|お誘い)|への|に(?:招待|声)|、)"
)
MAIN_LANGUAGES = {
    "de": "AT DE CH", "fr": "FR BE", "es": "ES MX AR CO CL", "pt": "PT BR", "it": "IT", "nl": "NL", "ja": "JP",
    "en": "GB US IE CA AU",
}  # fmt: skip


def period(marked: Marked, words: Lexicon) -> str:
    """What the amount is per ("monthly", "annual", "one_time") where it is said near the amount; else nothing."""
    if not marked.amounts:
        return ""
    for amount in marked.amounts:
        after = regex.split(r"\n|(?<=\p{Ll})\.\s|。", marked.text[amount.end : amount.end + 45])[0]
        before = regex.split(r"\n|(?<=\p{Ll})\.\s|。", marked.text[max(0, amount.start - 30) : amount.start])[-1]
        for near in (after, before):
            places = {name: words.find(name, near) for name in ("monthly", "annual", "one_time")}
            found = {name: match.start() for name, match in places.items() if match}
            if found:
                return min(found, key=lambda name: found[name])
    return ""


def tier(text: str) -> Told | None:
    """The tier a message names."""
    match = TIERS.search(text)
    return (match.group(), *match.span()) if match else None


def locales(marked: Marked, words: Lexicon) -> tuple[str, ...]:
    """Languages to write in: "de" for a language, "de-AT" where a country is named."""
    spoken = []
    for word, code in words.languages.items():
        if regex.search(rf"(?<!\p{{L}}){word}" if words.language != "ja" else word, marked.text, regex.IGNORECASE):
            spoken.append(code)
    if spoken:
        return tuple(dict.fromkeys(spoken))
    main = {country: language for language, countries in MAIN_LANGUAGES.items() for country in countries.split()}
    named = [e.value for e in marked.of("country") if e.value in main]
    return tuple(dict.fromkeys(f"{main[code]}-{code}" for code in named))


def companies(marked: Marked, words: Lexicon) -> list[Company]:
    """Every company-like name that is nothing else, for messages about partners."""
    found = []
    skip = pattern(words.language, "cues", "not_a_name")
    if words.language == "ja":
        return [
            Company(match["name"], match.start("name"), match.end("name"))
            for match in regex.finditer(JAPANESE_PARTNER, marked.rest)
            if not skip.search(match["name"])
        ]
    rest = POSSESSIVE.sub(lambda m: FILL * len(m.group()), marked.rest) if words.language == "en" else marked.rest
    joint = r"(?<=\p{L})\s+(?:and|und|et|y|e|en|&)\s+(?=\p{Lu})"
    for match in COMPANY.finditer(regex.sub(joint, lambda m: FILL * len(m.group()), rest)):
        name, start = match.group().rstrip(" .&-"), match.start()
        while (head := skip.match(name)) is not None:
            tail = regex.sub(r"^[\p{L}]*[\s.]*", "", name[head.end() :])
            start, name = start + len(name) - len(tail), tail
        if len(name) > 1 and name[0].isalnum() and (name[0].isupper() or name[0].isdigit()):
            found.append(Company(name, start, start + len(name)))
    return found


def reason(marked: Marked, parts: list[Piece], words: Lexicon, *, own: list[str]) -> Told | None:
    """Why: what follows "because", or the piece that asks for nothing itself. `own` are cues of the request."""
    because = words.find("because", marked.text)
    if because is not None:
        tail = regex.split(r"[.;\n!?。！？]|(?<=\p{L}),\s*(?=\p{L}+\s+(?:bitte|please))", marked.text[because.end() :])[
            0
        ].strip(" ,、:")
        if words.language == "ja" and because.start() > 3:
            tail = regex.split(r"[。\n]", marked.text[: because.start()])[-1]
            tail = tail.split("、")[-1] if len(tail) > 40 else tail
        if len(tail) > 2:
            start = marked.text.index(tail)
            return tail, start, start + len(tail)
    for part in reversed(parts):
        asked = any(words.has(cue, part.rest) for cue in (*own, "request", "greeting", "yes", "no"))
        asked = asked or bool(words.named("stages", part.rest))
        if (
            not asked
            and len(part.rest.replace(FILL, "").strip()) > 5
            and part.after not in {"?", "？"}
            and len(parts) > 1
        ):
            previous = [p for p in parts if p.sentence == part.sentence and p.end <= part.start]
            free = [
                p
                for p in previous[-1:]
                if not any(words.has(cue, p.rest) for cue in (*own, "request", "greeting", "yes", "no"))
                and FILL not in p.rest
                and len(p.words) > 2
            ]
            start = free[0].start if free else part.start
            return marked.text[start : part.end], start, part.end
    return None


def after_cue(marked: Marked, cue: str, words: Lexicon, *, longest: int = 60) -> Told | None:
    """The free words right after a cue, up to the next separator."""
    match = words.find(cue, marked.rest)
    if match is None:
        return None
    tail = regex.split(rf"[,.;:!?\n{FILL}(（、。]", marked.rest[match.end() :])[0]
    lead = len(tail) - len(tail.lstrip())
    tail = tail.strip()[:longest]
    return (tail, match.end() + lead, match.end() + lead + len(tail)) if len(tail) > 1 else None
