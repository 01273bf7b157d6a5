"""Conversations with what each asks for: the suite that reads them without a language model and compares."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.agents.understanding.read import Circumstances, read
from assistant.agents.understanding.reading import Catalogue, Slot, Understanding, Utterance
from assistant.domain.people import Role
from assistant.errors import UsageError
from evals.case import Case, Observation, SeenDeal, SeenTurn, TurnGold
from evals.collect import Collected, collect
from evals.workbench import Workbench

Value = str | int | float | list[str]
LISTS = ("partner_names", "locales", "channels")
CATALOGUE = Path(__file__).with_name("turns_catalogue.yaml")


class MessageLine(BaseModel):
    """A message as the file writes it."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    author: Literal["user", "assistant"] = Field(alias="from")
    text: str


class DealLine(BaseModel):
    """A further deal of a message as the file writes it."""

    model_config = ConfigDict(extra="ignore")

    slots: dict[str, Value] = {}
    missing: list[str] = []


class TurnLine(DealLine):
    """A conversation as the file writes it."""

    id: str
    lang: str = "en"
    role: Role = Role.PARTNER
    today: date
    messages: list[MessageLine] = Field(min_length=1)
    intent: str
    more_deals: list[DealLine] = []

    def case(self) -> Case:
        """The case of this line."""
        gold = TurnGold(
            intent=self.intent,
            deals=tuple(_gold(deal) for deal in (self, *self.more_deals)),
        )
        return Case(
            id=self.id,
            question=self.messages[-1].text,
            language=self.lang,
            kind=self.intent,
            turn=gold,
            slices=("all", f"lang:{self.lang}", f"intent:{self.intent}"),
        )


def _gold(line: DealLine) -> SeenDeal:
    slots = tuple((name, _strings(value)) for name, value in line.slots.items())
    return SeenDeal(slots=slots, missing=tuple(line.missing))


def _strings(value: Value) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def load_turns(path: Path) -> list[TurnLine]:
    """The conversations of a file. Raises UsageError with the line number when one cannot be read."""
    lines = []
    for number, text in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if not text.strip():
            continue
        try:
            lines.append(TurnLine.model_validate_json(text))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            raise UsageError(f"{path}:{number}: {where}: {first['msg']}.", hint="See docs/evaluation.md.") from error
    return lines


def catalogue(path: Path = CATALOGUE) -> Catalogue:
    """The products that the conversations are about, as a vendor configures them."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Catalogue(products=tuple(table["products"]), vendor=table["vendor"])


def seen(line: TurnLine, products: Catalogue) -> SeenTurn:
    """What Liaison understands of a conversation without a language model."""
    messages = [Utterance(message.text, message.author == "user") for message in line.messages]
    understood = read(messages, Circumstances(line.today, products, line.role, line.lang))
    return SeenTurn(intent=understood.intent, language=understood.language, deals=_deals(understood))


def _deals(understood: Understanding) -> tuple[SeenDeal, ...]:
    first = SeenDeal(_slots(understood.slots), understood.missing)
    return (first, *(SeenDeal(_slots(deal.slots), deal.missing) for deal in understood.more_deals))


def _slots(slots: tuple[Slot, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((slot.name, slot.values if slot.name in LISTS else (slot.value,)) for slot in slots)


async def collect_turns(bench: Workbench) -> Collected:
    """Every conversation of the file given, or of the public development set."""
    lines = {line.id: line for line in load_turns(bench.inputs.turns_file())}
    products = catalogue()

    async def observe(case: Case) -> Observation:
        return Observation(case_id=case.id, turn=seen(lines[case.id], products))

    return await collect([line.case() for line in lines.values()], observe)
