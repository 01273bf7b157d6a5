"""Writes an imported set: questions.jsonl and, where there are texts, corpus/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.errors import UsageError
from evals.questions import QuestionLine


def write_set(questions: Sequence[QuestionLine], texts: Mapping[str, str], folder: Path) -> list[str]:
    """Write the set; a line for each thing written. Raises UsageError when the folder has a set already."""
    target, corpus = folder / "questions.jsonl", folder / "corpus"
    if target.exists() or corpus.exists():
        raise UsageError(f"{folder} holds a set already.", hint="Give another folder, or remove it first.")
    if not questions:
        raise UsageError("There are no questions to import.", hint="Is it the right file?")
    folder.mkdir(parents=True, exist_ok=True)
    lines = (line.model_dump_json(by_alias=True, exclude_defaults=True) for line in questions)
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if texts:
        corpus.mkdir()
        for name, text in texts.items():
            (corpus / name).write_text(text, encoding="utf-8")
    return [f"{len(questions)} questions in {target}", *([f"{len(texts)} documents in {corpus}"] if texts else [])]
