"""Web pages: the main content as Markdown blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.readers.encoding import decode
from ingest.readers.outline import Block, outline_sections
from ingest.readers.sniff import require
from ingest.readers.text import one_line, pipe_table, title_from
from ingest.section import ReadDocument
from ingest.verdict import Reason, refused

MAX_DEPTH = 200
# Pages that forget to close a tag forget it now and then.
MAX_UNCLOSED = 1000
NESTING = re.compile(
    r"<(/?)(div|span|ul|ol|dl|table|section|article|aside|main|header|footer|nav|form|blockquote|details|center|font|b|i|"
    r"u|s|a|em|strong|big|small|code|tt)(?![\w-])",
    re.IGNORECASE,
)
CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
NOISE = "script, style, noscript, template, svg, iframe, object, nav, button, select, [hidden], [aria-hidden=true]"
# Around the content where the page does not mark it; a header with the page's own heading stays.
FRAME = "footer, aside, [role=navigation], [role=banner], [role=contentinfo], [role=search]"
HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}
CONTAINERS = frozenset(
    re.findall(
        r"\w+",
        """address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer
        form header hgroup html li main ol p pre section summary table tbody td tfoot th thead tr ul""",
    )
)


def read(data: bytes, name: str) -> ReadDocument:
    """Headings, paragraphs, lists, tables and code of the main content; menus, scripts and footers are left out."""
    require(data, name, "text")
    declared = CHARSET.search(data[:4096])
    decoded = decode(data, name, repair=True, declared=declared[1].decode("ascii", "ignore") if declared else "")
    tree = parse(decoded.text, name)
    metadata = {key: value for key in ("description", "author") if (value := _meta(tree, key))}
    heading = tree.css_first("title")
    title = one_line(heading.text()) if heading else ""
    root = tree.css_first("html")
    language = (root.attributes.get("lang") or "") if root else ""
    blocks = markdown_blocks(tree, name)
    first = next((block.text for block in blocks if block.level == 1), "")
    sections = tuple(outline_sections(blocks))
    return ReadDocument(title or first or title_from(name), sections, language, metadata, decoded.warnings)


def parse(text: str, name: str) -> LexborHTMLParser:
    """The page's tree.

    Raises:
        UnreadableDocument: `too_deep`: the parser takes time quadratic in how deep a page nests.
    """
    unclosed: Counter[str] = Counter()
    for tag in NESTING.finditer(text):
        name_of = tag[2].lower()
        unclosed[name_of] = max(0, unclosed[name_of] + (-1 if tag[1] else 1))
        if unclosed[name_of] > MAX_UNCLOSED:
            raise refused(Reason.TOO_DEEP, f"{name} opens more than {MAX_UNCLOSED} <{name_of}> and closes none.")
    return LexborHTMLParser(text)


def _meta(tree: LexborHTMLParser, key: str) -> str:
    node = tree.css_first(f"meta[name={key}]")
    return one_line(node.attributes.get("content") or "") if node else ""


def markdown_blocks(tree: LexborHTMLParser, name: str) -> list[Block]:
    """The main content of a parsed page.

    Raises:
        UnreadableDocument: `too_deep`, `no_text`.
    """
    _check_depth(tree, name)
    for node in tree.css(NOISE):
        node.decompose()
    main = tree.css("main, [role=main]") or tree.css("article")
    if len(main) != 1 or len(one_line(main[0].text())) < 40:
        for node in tree.css(FRAME):
            node.decompose()
        for node in tree.css("body > header"):
            if not node.css_first("h1"):
                node.decompose()
    root = main[0] if len(main) == 1 and len(one_line(main[0].text())) >= 40 else tree.body
    blocks = list(_blocks(root)) if root else []
    if not blocks:
        raise refused(Reason.NO_TEXT, f"{name} shows no text.")
    return blocks


def _check_depth(tree: LexborHTMLParser, name: str) -> None:
    """Walk without recursion: what follows recurses as deep as the page nests."""
    node, depth = tree.root, 0
    while node is not None:
        child = node.first_child
        if child is not None:
            depth, node = depth + 1, child
            if depth > MAX_DEPTH:
                raise refused(Reason.TOO_DEEP, f"{name} nests its elements more than {MAX_DEPTH} deep.")
            continue
        while node is not None and node.next is None:
            depth, node = depth - 1, node.parent
        node = node.next if node is not None else None


def _blocks(parent: LexborNode, *, indent: str = "") -> Iterator[Block]:
    """Blocks of an element: runs of inline content between its block children are paragraphs."""
    inline = ""
    for child in parent.iter(include_text=True):
        tag = child.tag or ""
        if tag not in CONTAINERS and tag not in HEADINGS and tag != "hr" and not _holds_block(child):
            inline += "\n" if tag == "br" else _inline(child)
            continue
        yield from _paragraph(inline, indent)
        inline = ""
        yield from _block(child, tag, indent)
    yield from _paragraph(inline, indent)


def _block(node: LexborNode, tag: str, indent: str) -> Iterator[Block]:
    if tag in HEADINGS:
        text = one_line(node.text())
        if text:
            yield Block(text, HEADINGS[tag])
    elif tag == "pre":
        code = node.text().strip("\n")
        if code.strip():
            yield Block(f"```\n{code}\n```")
    elif tag == "table":
        yield from _table(node, indent)
    elif tag in {"ul", "ol"}:
        yield from _list(node, indent, ordered=tag == "ol")
    elif tag == "blockquote":
        for block in _blocks(node, indent=indent):
            yield Block("> " + block.text.replace("\n", "\n> "), 0, block.item)
    elif tag != "hr":
        yield from _blocks(node, indent=indent)


def _paragraph(text: str, indent: str) -> Iterator[Block]:
    lines = [one_line(line) for line in text.split("\n")]
    kept = f"\n{indent}".join(line for line in lines if line)
    if kept:
        yield Block(indent + kept if indent else kept, 0, bool(indent))


def _list(node: LexborNode, indent: str, *, ordered: bool) -> Iterator[Block]:
    number = 0
    for item in node.iter():
        if item.tag != "li":
            yield from _block(item, item.tag or "", indent)
            continue
        number += 1
        mark = f"{number}. " if ordered else "- "
        inner = indent + " " * len(mark)
        for position, block in enumerate(_blocks(item, indent=inner)):
            text = block.text.removeprefix(inner)
            yield Block((indent + mark if not position else inner) + text, 0, item=True)


def _table(node: LexborNode, indent: str) -> Iterator[Block]:
    """A pipe table; a table with one column or with tables in it only lays out the page, so its cells are blocks."""
    rows = [[cell for cell in row.iter() if cell.tag in {"td", "th"}] for row in node.css("tr")]
    width = max((len(row) for row in rows), default=0)
    if width < 2 or node.css_first("td table, th table, td h1, td h2, td h3") is not None:
        for row in rows:
            for cell in row:
                if _owner(cell) == node.mem_id:
                    yield from _blocks(cell, indent=indent)
        return
    caption = node.css_first("caption")
    if caption:
        yield from _paragraph(_inline(caption), indent)
    table = pipe_table([[part for cell in row for part in _spread(cell)] for row in rows])
    if table:
        yield Block(table)


def _owner(cell: LexborNode) -> int:
    node = cell.parent
    while node is not None and node.tag != "table":
        node = node.parent
    return node.mem_id if node is not None else 0


def _spread(cell: LexborNode) -> list[str]:
    """A cell's text once, then blanks for the further columns it spans."""
    span = cell.attributes.get("colspan") or "1"
    return [one_line(_inline(cell)), *[""] * (min(int(span), 50) - 1 if span.isdecimal() else 0)]


def _holds_block(node: LexborNode) -> bool:
    """Whether an inline element (a link round a card) has blocks in it."""
    child = node.first_child
    return child is not None and (node.css_first("p, div, ul, ol, table, pre, h1, h2, h3, h4") is not None)


def _inline(node: LexborNode) -> str:
    """Inline content with its links, bold and code; blocks in it are separated by blanks."""
    tag = node.tag or ""
    if tag == "-text":
        return (node.text_content or "").replace("\n", " ")
    if tag in {"br", "_comment", "-comment"}:
        return " "
    inner = "".join(_inline(child) for child in node.iter(include_text=True))
    if tag == "a":
        return _link(node, inner)
    if tag in {"b", "strong"} and inner.strip():
        return f"**{inner.strip()}**" + (" " if inner.endswith(" ") else "")
    if tag == "code" and inner.strip():
        return f"`{inner.strip()}`"
    return f" {inner} " if tag in CONTAINERS or tag in HEADINGS else inner


def _link(node: LexborNode, inner: str) -> str:
    target = node.attributes.get("href") or ""
    text = one_line(inner)
    if not text or not target.startswith(("http://", "https://", "mailto:")):
        return inner
    return f"[{text}]({target})"
