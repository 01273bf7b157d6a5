"""How long a text is to a channel: characters, Google's width, X's weight, parts of an SMS.

Sources: twitter-text config v3 (weights), 3GPP TS 23.038 (GSM 7-bit alphabet),
support.google.com/adwordspolicy/answer/6021630 (width).
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

import regex
from publicsuffixlist import PublicSuffixList

from assistant.campaigns.channel import Unit

X_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
X_URL_WEIGHT = 23
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
GSM_ALL = GSM | GSM_DOUBLE
URL = regex.compile(
    r"(?<![\p{L}\p{N}@#$._/-])(?:(?P<scheme>https?://)(?P<host>(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,24})"
    r"|(?P<host>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}))(?![\p{L}\p{N}@_-])"
    r"(?::\d+)?(?:/[\p{L}\p{N}\-._~!*'();:@&=+$,/%#\[\]|]*(?<![.,;:!?'()\[\]]))?"
    r"(?:\?[\p{L}\p{N}\-._~!*'();:@&=+$,/?%#\[\]|]*[\p{L}\p{N}_&=#/-])?",
    regex.IGNORECASE,
)
DOTTED = regex.compile(r"[\p{L}\p{N}]\.\p{L}")
LONGEST_LABEL = 63  # RFC 1035
EMOJI = regex.compile(
    r"\p{RI}\p{RI}|[0-9#*]\N{VARIATION SELECTOR-16}?\N{COMBINING ENCLOSING KEYCAP}|"
    r"(?:\p{Emoji_Presentation}|\p{Extended_Pictographic})\uFE0F?\p{Emoji_Modifier}?"
    r"(?:[\U000E0020-\U000E007F]+|(?:\u200D(?:\p{Emoji_Presentation}|\p{Extended_Pictographic})\uFE0F?\p{Emoji_Modifier}?)*)"
)
HALFWIDTH_KANA = regex.compile(r"[\uff61-\uff9f]")
CLUSTER = regex.compile(r"\X")


def measure(text: str, unit: Unit) -> int:
    """How much of a limit in this unit the text takes."""
    return COUNTERS[unit](text)


def characters(text: str) -> int:
    """Code points after NFC, as advertising platforms count."""
    return len(unicodedata.normalize("NFC", text))


def clusters(text: str) -> int:
    """What a reader sees as characters: extended grapheme clusters (UAX 29)."""
    return len(CLUSTER.findall(text))


def width(text: str) -> int:
    """Google's width: East Asian wide and full-width characters take two places, all others one, after NFC."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in unicodedata.normalize("NFC", text))


def weight(text: str) -> int:
    """X's weighted length: a URL is 23, an emoji 2, a character 1 in the light ranges and 2 elsewhere."""
    normal = unicodedata.normalize("NFC", text)
    total, last = 0, 0
    for match in links(normal):
        total += X_URL_WEIGHT + _weight_of_words(normal[last : match.start()])
        last = match.end()
    return total + _weight_of_words(normal[last:])


def links(text: str) -> list[regex.Match[str]]:
    """The URLs in a text, also without a scheme, whose host could be registered."""
    if not DOTTED.search(text):
        return []
    return [match for match in URL.finditer(text) if _registrable(match["host"].lower())]


@lru_cache(maxsize=4096)
def _registrable(host: str) -> bool:
    labels = host.split(".")
    sizes = (len(label) if label.isascii() else len(label.encode("punycode")) + len("xn--") for label in labels)
    return max(sizes) <= LONGEST_LABEL and _suffixes().publicsuffix(labels[-1], accept_unknown=False) is not None


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def _weight_of_words(text: str) -> int:
    total, last = 0, 0
    for match in EMOJI.finditer(text):
        if match[0] in "©®™":
            continue
        total += 2 + sum(map(_x_weight, text[last : match.start()]))
        last = match.end()
    return total + sum(map(_x_weight, text[last:]))


@lru_cache(maxsize=16_384)
def _x_weight(char: str) -> int:
    point = ord(char)
    return 1 if any(first <= point <= final for first, final in X_LIGHT) else 2


def parts(text: str) -> int:
    """How many SMS the text takes: 160 GSM characters or 70 UTF-16 units in one, 153 or 67 in each of several.

    A character of two units is never split between two parts.
    """
    single, several, sizes = (160, 153, _gsm_sizes(text)) if is_gsm(text) else (70, 67, _utf16_sizes(text))
    if sum(sizes) <= single:
        return 1
    count, used = 1, 0
    for size in sizes:
        if used + size > several:
            count, used = count + 1, 0
        used += size
    return count


def is_gsm(text: str) -> bool:
    """Whether every character is in the GSM 7-bit alphabet."""
    return GSM_ALL.issuperset(text)


def _gsm_sizes(text: str) -> list[int]:
    return [2 if char in GSM_DOUBLE else 1 for char in text]


def _utf16_sizes(text: str) -> list[int]:
    return [2 if ord(char) > 0xFFFF else 1 for char in text]


def emoji(text: str) -> int:
    """How many emoji a text has; © ® ™ are none."""
    return sum(match[0] not in "©®™" for match in EMOJI.finditer(text) if not match[0].isdecimal())


COUNTERS = {Unit.CHARACTERS: characters, Unit.WIDTH: width, Unit.WEIGHT: weight, Unit.PARTS: parts}
