"""Grades by a language model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.model_judge.criteria import HIGHEST, LOWEST, Criterion, Graded, prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

AT_ONCE = 4
GRADE = re.compile(rf"GRADE:\s*([{LOWEST}-{HIGHEST}])\b")


@dataclass(frozen=True, slots=True)
class Grades:
    """Grades by id, 1 to 4; `missing` says by id why there is none."""

    given: dict[str, int]
    missing: dict[str, str]


async def grades(model: BaseChatModel, criterion: Criterion, what: Sequence[Graded]) -> Grades:
    """A grade of each, four asked at once. A reply without one, or a call that failed, is missing with its reason."""
    gate = asyncio.Semaphore(AT_ONCE)
    replies = await asyncio.gather(*(_asked(model, criterion, each, gate) for each in what))
    given, missing = dict[str, int](), dict[str, str]()
    for graded, reply in zip(what, replies, strict=True):
        if isinstance(reply, Exception):
            missing[graded.id] = f"{type(reply).__name__}: {str(reply)[:200]}"
        elif found := GRADE.findall(reply):
            given[graded.id] = int(found[-1])
        else:
            missing[graded.id] = f"no grade in {reply[:80]!r}"
    return Grades(given, missing)


async def _asked(
    model: BaseChatModel, criterion: Criterion, graded: Graded, gate: asyncio.Semaphore
) -> str | Exception:
    async with gate:
        try:
            return str((await model.ainvoke(prompt(criterion, graded))).content)
        except Exception as error:  # noqa: BLE001 - whatever a provider raises is a grade that is missing
            return error
