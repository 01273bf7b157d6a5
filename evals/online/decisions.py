"""What people decided about candidates, and the question file that accepted ones go into."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from assistant.errors import UsageError
from evals.hygiene import check
from evals.questions import QuestionLine, load_lines


@dataclass(frozen=True, slots=True)
class Decision:
    """Who said yes or no to which candidate, and when."""

    id: str
    accepted: bool
    by: str
    at: datetime


LINE = TypeAdapter(Decision)


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of an installation, in a folder of its data directory."""

    folder: Path

    @property
    def accepted_file(self) -> Path:
        """Where accepted candidates go unless somebody says otherwise: a question file."""
        return self.folder / "accepted.jsonl"

    def read(self) -> dict[str, Decision]:
        """Every decision by candidate, the last one counting."""
        if not self._file.exists():
            return {}
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return {decision.id: decision for decision in map(LINE.validate_json, lines)}

    def write(self, decision: Decision) -> None:
        """Keep a decision. Raises UsageError when there is one already."""
        if decision.id in self.read():
            raise UsageError(f"{decision.id} is decided already.", hint="Edit the question file that it went into.")
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{LINE.dump_json(decision).decode()}\n")

    @property
    def _file(self) -> Path:
        return self.folder / "decided.jsonl"


def add_case(line: QuestionLine, file: Path) -> QuestionLine:
    """Append a case to a question file under the canary of that file, a new one for a new file; the case as written.

    Raises UsageError when the file is not JSON lines, has that id, or the question copies its gold.
    """
    if file.suffix != ".jsonl":
        raise UsageError(f"{file} is no .jsonl file.", hint="Name one with --into.")
    there = load_lines(file) if file.exists() else []
    if line.id in {each.id for each in there}:
        raise UsageError(f"{file} has {line.id} already.", hint="Give another file with --into.")
    canary = next((each.canary for each in there if each.canary), str(uuid.uuid4()))
    case = line.model_copy(update={"canary": canary})
    copied = [each for each in check([case], {gold.doc: gold.quote for gold in case.gold}) if each.rule == "overlap"]
    if copied:
        raise UsageError(
            f"The question copies the content: {copied[0].found}.", hint="Put it into other words with --question."
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(case.model_dump(by_alias=True, exclude_defaults=True), ensure_ascii=False) + "\n")
    return case
