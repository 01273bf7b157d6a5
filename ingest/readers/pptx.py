"""PowerPoint decks: slide by slide, the speaker notes beside each."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pptx
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.text.text import TextFrame

from assistant.domain.content import Locator
from ingest.readers.archive import check_package
from ingest.readers.text import clean, one_line, pipe_table, title_from
from ingest.section import ReadDocument, Section
from ingest.verdict import Reason, refused

MAX_DEPTH = 20


def read(data: bytes, name: str) -> ReadDocument:
    """A section for each slide with text under its title, and one (part `notes`) for its speaker notes."""
    check_package(data, name, "PPTX")
    deck = pptx.Presentation(io.BytesIO(data))
    sections: list[Section] = []
    warnings: list[str] = []
    for number, slide in enumerate(deck.slides, start=1):
        if slide._element.get("show") == "0":  # noqa: SLF001 (no public access)
            warnings.append(f"hidden slide {number} was left out")
            continue
        found = list(_slide(slide, number, name))
        sections += found
        if not found:
            warnings.append(f"slide {number} has no text")
    properties = deck.core_properties
    metadata = {"title": properties.title, "author": properties.author, "subject": properties.subject}
    kept = {key: one_line(value) for key, value in metadata.items() if value and value != "PowerPoint Presentation"}
    first = next((section.heading_path[0] for section in sections if section.heading_path), "")
    title = kept.get("title") or first or title_from(name)
    return ReadDocument(title, tuple(sections), one_line(properties.language or ""), kept, tuple(warnings))


def _slide(slide: Slide, number: int, name: str) -> Iterator[Section]:
    heading = slide.shapes.title
    title = one_line(heading.text_frame.text) if heading is not None and heading.has_text_frame else ""
    path = (title,) if title else ()
    skip = heading.shape_id if heading is not None else -1
    texts = [text for shape in slide.shapes if shape.shape_id != skip for text in _texts(shape, name)]
    body = "\n\n".join(texts)
    if body or title:
        yield Section(path, body or title, Locator("slide", str(number), str(number)))
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    notes = clean(frame.text) if frame is not None else ""
    if notes:
        yield Section(path, notes, Locator("slide", str(number), str(number), "notes"))


def _texts(shape: BaseShape, name: str, depth: int = 0) -> Iterator[str]:
    if depth > MAX_DEPTH:
        raise refused(Reason.TOO_DEEP, f"{name} nests its shapes more than {MAX_DEPTH} deep.")
    if isinstance(shape, GroupShape):
        for inner in shape.shapes:
            yield from _texts(inner, name, depth + 1)
    elif isinstance(shape, GraphicFrame) and shape.has_table:
        table = pipe_table([[cell.text for cell in row.cells] for row in shape.table.rows])
        if table:
            yield table
    elif isinstance(shape, Shape) and shape.has_text_frame:
        text = _bullets(shape.text_frame, listed=shape.is_placeholder)
        if text:
            yield text


def _bullets(frame: TextFrame, *, listed: bool) -> str:
    """The paragraphs of a frame; in a slide's body placeholder, and where indented, they are a list."""
    paragraphs = [(p.level, one_line(p.text.replace("\x0b", " "))) for p in frame.paragraphs]
    filled = [(level, text) for level, text in paragraphs if text]
    if len(filled) < 2 or not (listed or any(level for level, _ in filled)):
        return "\n".join(text for _, text in filled)
    return "\n".join("  " * level + "- " + text for level, text in filled)
