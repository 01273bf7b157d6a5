"""Text set as its locale sets it: quotes, spaces that do not break, ellipses; and plain text for SMS."""

from __future__ import annotations

import regex

from assistant.campaigns.counters import is_gsm
from assistant.campaigns.locale_pack import LocalePack

URL = regex.compile(r"https?://\S+")
NARROW, WIDE = "\u202f", "\u00a0"
QUOTED = regex.compile(r'"([^"]*)"')
CLOSE_MARK = regex.compile(r"[ \u00a0\u202f]*([?!;])(?![\p{L}\p{N}/])")
COLON = regex.compile(r"(?<=[\p{L}\p{N}»)])[ \u00a0\u202f]*:(?=\s|$)")
OPENED = regex.compile(r"«[ \u00a0\u202f]*")
CLOSED = regex.compile(r"[ \u00a0\u202f]*»")
SPACED_MARK = regex.compile(r"[ \u00a0\u202f]+([?!;])(?![\p{L}\p{N}])")
PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "…": "...", NARROW: " ", WIDE: " "}
)


def mended(text: str, locale: LocalePack) -> str:
    """The text with the locale's typography; its URLs as they are."""
    out, last = [], 0
    for match in URL.finditer(text):
        out += [_mended(text[last : match.start()], locale), match[0]]
        last = match.end()
    return "".join([*out, _mended(text[last:], locale)])


def _mended(text: str, locale: LocalePack) -> str:
    opening, closing = locale.quotes[:2]
    if '"' in text and text.count('"') % 2 == 0:
        text = QUOTED.sub(rf"{opening}\1{closing}", text)
    text = text.replace("...", "…")
    if locale.spacing == "france":
        text = CLOSE_MARK.sub(rf"{NARROW}\1", text)
        text = COLON.sub(f"{WIDE}:", text)
        text = OPENED.sub(f"«{WIDE}", text)
        text = CLOSED.sub(f"{WIDE}»", text)
    elif locale.spacing == "quebec":
        text = SPACED_MARK.sub(r"\1", text)
        text = COLON.sub(f"{WIDE}:", text)
    return text if locale.eszett else text.replace("ß", "ss")


def for_sms(text: str) -> str:
    """The text in the GSM alphabet where exchanging punctuation is enough: 160 characters a part instead of 70."""
    plain = text.translate(PLAIN)
    return plain if is_gsm(plain) else text
