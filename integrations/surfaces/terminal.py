"""Answers in a terminal."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assistant.answering.answer import Answered
from assistant.answering.places import place_told, version_told
from assistant.domain.answer import Answer
from assistant.domain.content import Citation

SHOWN = 15
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def print_answer(console: Console, answer: Answer) -> None:
    """The answer, then its numbered sources with where each quote stands; content is never read as markup."""
    console.print(Padding(Text(shown(answer.text), style="yellow" if answer.declined else ""), (0, 0, 0, 2)))
    for notice in answer.notices:
        console.print(Padding(Text(shown(notice), style="dim"), (1, 0, 0, 2)))
    if answer.citations:
        console.print()
    for number, citation in enumerate(answer.citations, start=1):
        print_source(console, number, citation, language=answer.language)


def print_source(console: Console, number: int, citation: Citation, *, language: str) -> None:
    """A numbered source with where its quote stands."""
    console.print(Padding(Text.assemble((f"[{number}]", "cyan"), " ", *_source(citation, language)), (0, 0, 0, 2)))


def _source(citation: Citation, language: str) -> tuple[str, tuple[str, str]]:
    version = f" ({told})" if (told := version_told(citation, language)) else ""
    trail = " › ".join((citation.title, *citation.heading_path))
    return shown(f"{trail}{version}, {place_told(citation.locator, language)} "), (shown(_near(citation.link)), "dim")


def shown(content: str) -> str:
    """Content without the control characters that would drive a terminal."""
    return CONTROL.sub("", content)


def _near(link: str) -> str:
    """A link as a reader of this terminal wants it: a file below the working directory by its relative path."""
    parts = urlsplit(link)
    if parts.scheme != "file":
        return link
    path = Path(unquote(parts.path))
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def print_scores(console: Console, answered: Answered) -> None:
    """What was found, with the score of each arm; a star marks what the answer quotes."""
    quoted = {citation.passage_id for citation in answered.answer.citations}
    table = Table("", "fused", "cosine", "BM25", "passage", title="Candidates", title_justify="left")
    for ranked in answered.retrieved.ranking[:SHOWN]:
        document = answered.retrieved.documents[ranked.passage.document_id]
        trail = " › ".join((document.title, *ranked.passage.heading_path))
        table.add_row(
            "*" if ranked.passage.id in quoted else "",
            f"{ranked.fused:.3f}",
            "–" if ranked.dense is None else f"{ranked.dense:.3f}",
            "–" if ranked.lexical is None else f"{ranked.lexical:.2f}",
            Text(shown(f"{trail}, {ranked.passage.locator}")),
        )
    console.print(table)
    console.print(
        f"language {answered.retrieved.language}, {answered.retrieved.searched} documents searched, "
        f"confidence {answered.answer.confidence:.2f}, {answered.answer.latency_ms:.0f} ms",
        highlight=False,
    )
