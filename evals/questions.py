"""Question files: one JSON object a line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.errors import UsageError
from evals.case import UNANSWERABLE, Case, GoldSpan


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

    def case(self, number: int) -> Case:
        """The case of this line; `number` names it when it has no id."""
        kind = self.kind or ("other" if self.gold or self.facts else UNANSWERABLE)
        return Case(
            id=self.id or f"line-{number}",
            question=self.question,
            language=self.lang,
            kind=kind,
            gold=tuple(GoldSpan(doc=gold.doc, quote=gold.quote, heading=gold.heading) for gold in self.gold),
            facts=tuple(tuple(fact.split("|")) for fact in self.facts),
            asked_as="" if self.asked_as == "anonymous" else self.asked_as,
            wrong_docs=tuple(self.not_gold),
            slices=("all", f"lang:{self.lang}", f"kind:{kind}"),
        )


def load_questions(path: Path) -> list[Case]:
    """The cases of a question file, in its order.

    Raises UsageError with the line number when a line cannot be read or an id is used twice.
    """
    cases: dict[str, Case] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            case = QuestionLine.model_validate_json(line).case(number)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            raise UsageError(f"{path}:{number}: {where}: {first['msg']}.", hint="See docs/evaluation.md.") from error
        if case.id in cases:
            raise UsageError(f"{path}:{number}: the id {case.id!r} is used twice.", hint="Give every line its own id.")
        cases[case.id] = case
    return list(cases.values())
