"""Our own follow-up questions over the sample programme, against the same questions asked in full."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from evals.case import Case, GoldSpan, Observation
from evals.collect import Collected, collect
from evals.hygiene import require_own_words
from evals.workbench import ROOT, Workbench

DATASET = ROOT / "evals" / "datasets" / "follow_ups.jsonl"
WAYS = ("ours", "standalone", "last_turn")


class Place(BaseModel):
    """A document and words that stand in it."""

    model_config = ConfigDict(extra="forbid")

    doc: str
    quote: str


class FollowUp(BaseModel):
    """A conversation whose last question is a follow-up, and that question in full.

    `split` and `canary` are those of question files.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    lang: str
    asked_as: str = Field(alias="as")
    kind: str
    turns: tuple[str, ...] = Field(min_length=2)
    standalone: str
    gold: tuple[Place, ...] = Field(min_length=1)
    split: Literal["dev", "test"]
    canary: str


def load_follow_ups(path: Path = DATASET) -> list[FollowUp]:
    """The cases of a file."""
    return [FollowUp.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def collect_follow_ups(bench: Workbench) -> Collected:
    """Each follow-up within its conversation; also in full, and alone without the conversation, for comparison.

    Raises UsageError when a question copies the content.
    """
    samples = bench.inputs.sample_programme()
    target = await bench.target(samples.content, today=samples.today)
    rows = {row.id: row for row in load_follow_ups()}
    require_own_words({row.id: (*row.turns, row.standalone) for row in rows.values()}, samples.content, of=DATASET)

    async def observe(case: Case) -> Observation:
        key, way = case.id.rsplit("@", 1)
        row, requester = rows[key], await target.requester(case.asked_as)
        if way == "ours":
            passages = await target.converse(row.turns, requester=requester)
        else:
            question = row.standalone if way == "standalone" else row.turns[-1]
            passages = await target.retrieve(question, requester=requester)
        return Observation(case_id=case.id, passages=tuple(passages))

    return await collect(_cases(rows.values()), observe)


def _cases(rows: Iterable[FollowUp]) -> Iterable[Case]:
    for row in rows:
        for way in WAYS:
            shipped = ("all", f"lang:{row.lang}", f"kind:{row.kind}") if way == "ours" else ()
            yield Case(
                id=f"{row.id}@{way}",
                question=row.turns[-1],
                language=row.lang,
                kind=row.kind,
                gold=tuple(GoldSpan(doc=place.doc, quote=place.quote) for place in row.gold),
                slices=(*shipped, f"asked:{way}"),
                asked_as=row.asked_as,
            )
