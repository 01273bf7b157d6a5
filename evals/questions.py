"""Question files: one JSON object a line, or a YAML list; in one file or in a folder of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.errors import UsageError
from evals.case import MULTI_SECTION, UNANSWERABLE, Case, GoldSpan

MULTI_HOP = "multi-hop"
YAML = (".yaml", ".yml")
SUFFIXES = (".jsonl", *YAML)
ENTRIES = TypeAdapter(list[dict[str, object]])


def _nothing_to_empty(value: object) -> object:
    return [] if value is None else value


class GoldLine(BaseModel):
    """A gold place as the file writes it."""

    model_config = ConfigDict(extra="ignore")

    doc: str
    quote: str = Field(min_length=1)
    heading: str = ""


class QuestionLine(BaseModel):
    """A question as the file writes it. Only `question` is required; unknown keys are left to their owners."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    question: str = Field(min_length=1)
    id: str = ""
    lang: str = "und"
    kind: str = ""
    gold: Annotated[list[GoldLine], BeforeValidator(_nothing_to_empty)] = []
    facts: Annotated[list[str], BeforeValidator(_nothing_to_empty)] = []
    asked_as: str = Field(default="", alias="as")
    not_gold: Annotated[list[str], BeforeValidator(_nothing_to_empty)] = []
    split: Literal["", "dev", "test"] = ""
    canary: str = ""
    question_en: str = ""

    def case(self, number: int) -> Case:
        """The case of this line; `number` names it when it has no id."""
        judged = self._judged_as()
        named = ("all", f"lang:{self.lang}", f"kind:{self.kind or judged}")
        return Case(
            id=self.id or f"line-{number}",
            question=self.question,
            language=self.lang,
            kind=judged,
            gold=tuple(GoldSpan(doc=gold.doc, quote=gold.quote, heading=gold.heading) for gold in self.gold),
            facts=tuple(tuple(fact.split("|")) for fact in self.facts),
            asked_as="" if self.asked_as == "anonymous" else self.asked_as,
            wrong_docs=tuple(self.not_gold),
            slices=(*named, f"split:{self.split}") if self.split else named,
        )

    def _judged_as(self) -> str:
        """The kind that metrics go by: a question without gold and facts is unanswerable whatever it is about."""
        if not self.gold and not self.facts:
            return UNANSWERABLE
        return MULTI_SECTION if self.kind == MULTI_HOP else self.kind or "other"


def load_questions(path: Path) -> list[Case]:
    """The cases of a question file in its order, or of every question file of a folder in the order of their names.

    Raises UsageError with the place when a question cannot be read or an id is used twice.
    """
    cases: dict[str, Case] = {}
    for place, number, line in _read(path):
        case = line.case(number)
        if case.id in cases:
            raise UsageError(f"{place}: the id {case.id!r} is used twice.", hint="Give every line its own id.")
        cases[case.id] = case
    return list(cases.values())


def load_english_wordings(path: Path) -> list[Case]:
    """The same questions worded in English, of the lines that tell how: what cross-language search is compared with.

    They are reported beside the others, by the language of the line they belong to (`english:de`).
    """
    lines = [(number, line) for _, number, line in _read(path) if line.question_en]
    return [worded_in_english(line.case(number), line.question_en) for number, line in lines]


def worded_in_english(case: Case, question: str) -> Case:
    """A case that asks the same in English, reported on its own."""
    slices = ("english:all", f"english:{case.language}")
    return replace(case, id=f"{case.id}@english", question=question, slices=slices)


def load_lines(path: Path) -> list[QuestionLine]:
    """The lines of a question file or folder as they are written. Raises UsageError as load_questions does."""
    return [line for _, _, line in _read(path)]


def question_files(path: Path) -> list[Path]:
    """The file itself, or the .jsonl and .yaml files of the folder. Raises UsageError when it has none."""
    files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"{path} has no .jsonl or .yaml file.", hint="See docs/evaluation.md.")
    return files


def _read(path: Path) -> Iterator[tuple[str, int, QuestionLine]]:
    for file in question_files(path):
        yield from (_listed if file.suffix in YAML else _lines)(file)


def _lines(file: Path) -> Iterator[tuple[str, int, QuestionLine]]:
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if line.strip():
            place = f"{file}:{number}"
            with _told(place):
                question = QuestionLine.model_validate_json(line)
            yield place, number, question


def _listed(file: Path) -> Iterator[tuple[str, int, QuestionLine]]:
    """The questions of a YAML list; `number` counts them."""
    with _told(str(file)):
        entries = ENTRIES.validate_python(yaml.safe_load(file.read_text(encoding="utf-8-sig")))
    for number, entry in enumerate(entries, start=1):
        place = f"{file}: question {number}"
        with _told(place):
            question = QuestionLine.model_validate(entry)
        yield place, number, question


@contextmanager
def _told(place: str) -> Iterator[None]:
    """What cannot be read as a UsageError that says where."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        raise UsageError(f"{place}: {where}: {first['msg']}.", hint="See docs/evaluation.md.") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{place}: {error}", hint="See docs/evaluation.md.") from error
