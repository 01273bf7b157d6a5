"""Answers as HTML: their Markdown without raw HTML, without images, and without links to hosts that are not allowed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from integrations.surfaces.http.links import may_link

MARK = re.compile(r"\[(\d{1,3})\]")
CITATIONS = "citations"
PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table")
PARSER.disable(["html_inline", "html_block", "reference", "image", "autolink"])


def _text(tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType) -> str:
    """Text with each `[n]` that names a citation as a link to that source on the page."""
    known = int(env.get(CITATIONS, 0))
    parts, at = [], 0
    content = tokens[index].content
    for mark in MARK.finditer(content):
        number = int(mark[1])
        if 1 <= number <= known:
            parts.append(str(escape(content[at : mark.start()].rstrip(" "))))
            parts.append(f'<a class="mark" href="#source-{number}" aria-describedby="source-{number}">{number}</a>')
            at = mark.end()
    return "".join([*parts, str(escape(content[at:]))])


class _Renderer(RendererHTML):
    """The renderer with our way of writing text."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A text token as HTML."""
        return _text(tokens, idx, options, env)


RENDERER = _Renderer(PARSER)


def answer_html(text: str, *, citations: int, hosts: Collection[str] = ()) -> Markup:
    """The Markdown of an answer as safe HTML. Links to other hosts than `hosts` become their text."""
    env: dict[str, int] = {CITATIONS: citations}
    tokens = PARSER.parse(text, env)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h3"
        token.children = _without_foreign_links(token.children or [], hosts) if token.children else token.children
    return Markup(RENDERER.render(tokens, PARSER.options, env))  # noqa: S704 - made of escaped text and known tags


def _without_foreign_links(tokens: Sequence[Token], hosts: Collection[str]) -> list[Token]:
    kept: list[Token] = []
    allowed: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            allowed.append(may_link(str(token.attrGet("href") or ""), hosts))
            if not allowed[-1]:
                continue
            token.attrs = {"href": str(token.attrGet("href")), "rel": "noopener noreferrer nofollow"}
        if token.type == "link_close" and not allowed.pop():
            continue
        kept.append(token)
    return kept
