"""Small text rules that every reader shares: titles, pipe tables, one-line text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

SPACES = re.compile(r"\s+")
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]")


def title_from(name: str) -> str:
    """A readable title for a file that names none: its stem, with separators as spaces."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return one_line(re.sub(r"[-_]+", " ", stem)) or name


def one_line(text: str) -> str:
    """The text with invisible characters gone and every run of white space one space."""
    return SPACES.sub(" ", INVISIBLE.sub("", text)).strip()


def clean(text: str) -> str:
    """The text with invisible characters gone, line ends unified and no blank space at either end of a line."""
    lines = INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")).split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def pipe_row(cells: Iterable[str]) -> str:
    """One row of a pipe table."""
    return "| " + " | ".join(one_line(cell).replace("|", "\\|") for cell in cells) + " |"


def pipe_table(rows: Sequence[Sequence[str]]) -> str:
    """The rows as a pipe table whose first row is the header; rows are made equally wide, empty ones left out."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return ""
    width = max(len(row) for row in filled)
    padded = [[*row, *[""] * (width - len(row))] for row in filled]
    lines = [pipe_row(padded[0]), "|" + " --- |" * width, *(pipe_row(row) for row in padded[1:])]
    return "\n".join(lines)
