"""Text of a model made safe to show: no images, no HTML, links only to addresses that the documents have themselves."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Characters that are not seen or turn the order of what is seen.
UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
IMAGE = re.compile(r"!\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?")
LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^\s<>()]*(?:\([^()]*\)[^\s<>()]*)*)>?[^()]*\)")
REFERENCE = re.compile(r"\[([^\[\]]+)\]\s?\[[^\[\]]*[^\[\]\d,\s][^\[\]]*\]")
DEFINITION = re.compile(r"^[ \t>]*\[[^\[\]]+\]:[^\n]*$", re.MULTILINE)
SLACK = re.compile(r"<([^\s<>|]+)\|([^<>]*)>")
SCHEME = r"(?:https?|ftps?|file|data|javascript|vbscript|mailto|tel|sms|slack|msteams|ws|wss|blob|about|chrome|intent)"
ADDRESS = re.compile(
    rf"(?:\b{SCHEME}\s*:[^\s<>\"'`\])]+|\b{SCHEME}:\s*[/\\]+\s*[^\s<>\"'`\])]+|(?<![\w:])[/\\]{{2,}}[\w.-]+\.[^\s<>\"'`\])]*"
    r"|\bwww\d?\.[^\s<>\"'`\])]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
HOSTLIKE = re.compile(
    r"(?<![\w@.-])(?!(?-i:ASP|ADO|VB|ML)\.NET\b)(?:[\w-]+\.)+(?:com|net|org|io|dev|example|test|invalid|info|biz|co|ru|cn|xyz|top|app|me|tv|cc|site|online"
    r"|link|click|live|shop|zip|mov|eu|de|uk|fr|es|jp|br)(?:[:/?#][^\s<>\"'`\])]*)?(?![\w-])",
    re.IGNORECASE,
)
WEB = re.compile(r"https?://[^\s<>()\[\]\"'`|]+")
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARKUP = re.compile(r"[\[\]()<>!`*_~|\\#]")


def sanitized(markdown: str, *, allowed: Collection[str]) -> str:
    """The text without whatever could call on another host; `allowed` are addresses that may stay, whole.

    Every address that is not among them goes, in any spelling a Markdown, HTML, Slack or mail client may link; the
    words of a link stay. What is left is parsed as Markdown once more, and its markup is taken out if an address or
    HTML should have survived.
    """
    kept = {url for url in allowed if _plain_web(url)}
    text = UNSEEN.sub("", unicodedata.normalize("NFC", _decoded(markdown)))
    text = TAG.sub(" ", COMMENT.sub(" ", SLACK.sub(r"\2", text)))
    text = DEFINITION.sub("", IMAGE.sub(r"\1", text))
    text = LINK.sub(lambda m: m.group(0) if _same(m.group(2), kept) else m.group(1), text)
    text = REFERENCE.sub(r"\1", text)
    text = _without_addresses(text, kept)
    text = re.sub(r"[ \t]{2,}", " ", text)
    return text if _harmless(text, kept) else _without_addresses(MARKUP.sub(" ", text), set())


def addresses(text: str, *, hosts: Collection[str]) -> set[str]:
    """The web addresses of a text that lead to one of these hosts."""
    found = {url.rstrip(".,;:!?") for url in WEB.findall(text)}
    return {url for url in found if (urlsplit(url).hostname or "") in hosts}


def _decoded(text: str) -> str:
    """Entities as characters, also those that were written twice over."""
    for _ in range(3):
        decoded = html.unescape(text)
        if decoded == text:
            break
        text = decoded
    return text


def _without_addresses(text: str, kept: Collection[str]) -> str:
    kept_spans = [m.span() for m in LINK.finditer(text) if _same(m.group(2), kept)]

    def judged(match: re.Match[str]) -> str:
        inside = any(start <= match.start() < end for start, end in kept_spans)
        bare = match.group(0).rstrip(".,;:!?")
        return match.group(0) if inside or bare in kept else ""

    text = ADDRESS.sub(judged, text)
    kept_spans = [m.span() for m in LINK.finditer(text) if _same(m.group(2), kept)]
    kept_spans += [(at, at + len(url)) for url in kept for at in _places(text, url)]
    return HOSTLIKE.sub(judged, text)


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _same(url: str, kept: Collection[str]) -> bool:
    return url in kept


def _plain_web(url: str) -> bool:
    """Whether an address is a plain https one: no user, no odd characters, nothing encoded in the host."""
    parts = urlsplit(url)
    plain = parts.scheme in {"http", "https"} and parts.netloc.isascii() and "@" not in parts.netloc
    return plain and not re.search(r"[\s<>\"'`\\()\[\]]", unquote(url))


def _harmless(text: str, kept: Collection[str]) -> bool:
    return all(
        token.type not in {"image", "html_inline", "html_block"} and str(token.attrGet("href") or "") in {"", *kept}
        for token in _tokens(PARSER.parse(text))
    )


def _tokens(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _tokens(token.children or [])
