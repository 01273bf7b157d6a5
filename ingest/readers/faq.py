"""Documentation-platform FAQ files (`### YamlMime:FAQ`): every question is a section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import yaml

from assistant.domain.content import Locator
from ingest.readers.encoding import decode
from ingest.readers.front_matter import check_yaml, flatten, load_text
from ingest.readers.markdown import heading_text, split_sections
from ingest.readers.sniff import require
from ingest.readers.text import one_line, title_from
from ingest.section import ReadDocument, Section
from ingest.verdict import Reason, refused

MIME = "### YamlMime:FAQ"
# The platform's word for a group of questions without a name.
UNNAMED = "ignored"


def read(data: bytes, name: str) -> ReadDocument:
    """The summary and each answer, under (title, group, question); lines are those of the YAML file."""
    require(data, name, "text")
    decoded = decode(data, name)
    if not decoded.text.lstrip().startswith(MIME):
        raise refused(Reason.UNSUPPORTED, f"{name}: of YAML files only FAQ pages ({MIME}) are read.")
    root = _compose(decoded.text, name)
    entries = _entries(root)
    metadata = _metadata(entries.get("metadata"), decoded.text)
    title = _text(entries.get("title")) or metadata.get("title", "") or title_from(name)
    sections = (*_block(entries.get("summary"), (title,)), *_questions(entries.get("sections"), title))
    return ReadDocument(title, sections, metadata=metadata, warnings=decoded.warnings)


def _compose(text: str, name: str) -> yaml.Node | None:
    try:
        check_yaml(text)
        return yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else str(error)
        raise refused(Reason.CORRUPT, f"{name} is not YAML that can be read ({where}).") from error


def _entries(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _metadata(node: yaml.Node | None, text: str) -> dict[str, str]:
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return {}
    lines = text.split("\n")[node.start_mark.line : node.end_mark.line]
    loaded = load_text("\n".join(lines))
    return flatten(loaded) if isinstance(loaded, dict) else {}


def _text(node: yaml.Node | None) -> str:
    return one_line(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _questions(groups: yaml.Node | None, title: str) -> Iterator[Section]:
    for group in _items(groups):
        entries = _entries(group)
        name = heading_text(_text(entries.get("name")))
        path = (title,) if not name or name.lower() == UNNAMED else (title, name)
        for item in _items(entries.get("questions")):
            pair = _entries(item)
            question = heading_text(_text(pair.get("question")))
            yield from _block(pair.get("answer"), (*path, question) if question else path)


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _block(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[Section]:
    """A scalar's Markdown, split at its own headings. In a literal block (`|`) text lines are file lines."""
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        return
    first, last = node.start_mark.line + 1, max(node.start_mark.line + 1, node.end_mark.line)
    for section in split_sections(node.value.split("\n"), within=path):
        if node.style == "|":
            start, end = (str(first + int(line)) for line in (section.locator.start, section.locator.end))
            yield replace(section, locator=Locator("line", start, end))
        else:
            yield replace(section, locator=Locator("line", str(first), str(last)))
