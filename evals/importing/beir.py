"""BEIR folders (Thakur et al. 2021, https://github.com/beir-cellar/beir): corpus.jsonl, queries.jsonl, qrels/*.tsv."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import UsageError
from evals.importing.writing import write_set
from evals.questions import GoldLine, QuestionLine

QRELS = ("test", "dev", "train")  # the first one there is taken
HINT = "A BEIR folder has corpus.jsonl, queries.jsonl and qrels/test.tsv."


class Entry(BaseModel):
    """A document or a query."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(alias="_id")
    title: str = ""
    text: str


def import_beir(source: Path, out: Path) -> list[str]:
    """Write the judged queries of a BEIR folder and all its documents; what was written.

    The gold of a query are its documents with a positive grade, quoted whole. Raises UsageError for a folder that is
    not one, or a judgement of something that is not there.
    """
    try:
        corpus = {entry.id: entry for entry in _entries(source / "corpus.jsonl")}
        queries = {entry.id: entry for entry in _entries(source / "queries.jsonl")}
        grades = _grades(source)
    except (OSError, UnicodeDecodeError, ValidationError, ValueError) as error:
        raise UsageError(f"{source} cannot be read as a BEIR folder: {error}.", hint=HINT) from error
    missing = [name for query, found in grades.items() for name in (query, *found) if name not in corpus | queries]
    if missing:
        raise UsageError(f"qrels name {missing[0]!r}, which is neither document nor query.", hint=HINT)
    names = {key: _file_name(key) for key in corpus}
    questions = [
        QuestionLine.model_validate(
            {
                "id": query,
                "question": queries[query].text,
                "gold": [
                    GoldLine(doc=names[key], quote=corpus[key].text.strip() or corpus[key].title) for key in found
                ],
            }
        )
        for query, found in grades.items()
        if found
    ]
    texts = {names[key]: f"{entry.title}\n\n{entry.text}".strip() + "\n" for key, entry in corpus.items()}
    return write_set(questions, texts, out)


def _entries(path: Path) -> Iterable[Entry]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield Entry.model_validate_json(line)


def _grades(source: Path) -> dict[str, list[str]]:
    path = next((p for p in (source / "qrels" / f"{name}.tsv" for name in QRELS) if p.is_file()), None)
    if path is None:
        raise FileNotFoundError("qrels/test.tsv")
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, fieldnames=["query", "document", "grade"], delimiter="\t"):
            if row["grade"] == "score":  # the heading
                continue
            relevant = found.setdefault(row["query"], [])
            if float(row["grade"]) > 0:
                relevant.append(row["document"])
    return found


def _file_name(key: str) -> str:
    """A name that any file system takes, and no two keys share."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", key).strip("-.")[:60]
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:8]}.txt"
