"""CLAP NQ: questions that their passages answer and questions that they do not, over one small corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from assistant.domain.people import ANONYMOUS
from evals.case import UNANSWERABLE, Case, GoldSpan, Observation
from evals.collect import Collected, collect
from evals.faq import BeirFile, write_texts
from evals.workbench import Workbench

FILE = "data/clapnq/clapnq_all.json"


class Labels(BaseModel):
    """Which questions of the file have an answer."""

    model_config = ConfigDict(extra="ignore")

    meta: dict[str, str]


async def collect_abstention(bench: Workbench) -> Collected:
    """The answer to each question, and how its confidence compares with that of questions of the other kind.

    An unanswerable question has a passage on its topic in the corpus too; it just does not say.
    """
    raw = bench.inputs.shared_file(FILE).read_bytes()
    pool, labels = BeirFile.model_validate_json(raw), Labels.model_validate_json(raw).meta
    names = {key: f"p{number:04d}.txt" for number, key in enumerate(sorted(pool.corpus))}
    folder = bench.indexes / "clapnq-passages"
    write_texts({names[key]: text for key, text in pool.corpus.items()}, folder)
    target = await bench.target(folder)

    async def observe(case: Case) -> Observation:
        answer = await target.ask(case.question, requester=ANONYMOUS)
        return Observation(case_id=case.id, answer=answer, milliseconds=answer.milliseconds)

    cases = [
        Case(
            id=key,
            question=question,
            language="en",
            kind="fact" if labels[key] == "answerable" else UNANSWERABLE,
            gold=tuple(GoldSpan(doc=names[doc], quote=pool.corpus[doc]) for doc in pool.qrels[key]),
            slices=("all", f"kind:{labels[key]}"),
        )
        for key, question in pool.queries.items()
    ]
    collected = await collect(cases, observe)
    return Collected(collected.cases, tuple(ranked_observations(collected)))


def ranked_observations(collected: Collected) -> list[Observation]:
    """Each observation with the share of the other kind's questions that its confidence is on the right side of."""
    sure = [seen.answer.confidence if seen.answer else 0.0 for seen in collected.observations]
    kinds = [case.answerable for case in collected.cases]
    others = {kind: [score for score, other in zip(sure, kinds, strict=True) if other != kind] for kind in set(kinds)}
    return [
        replace(seen, ranked=_share(score, others[kind], above=kind))
        for seen, score, kind in zip(collected.observations, sure, kinds, strict=True)
    ]


def _share(score: float, others: Sequence[float], *, above: bool) -> float:
    """The share of the others that the score is above (or below); a tie counts half."""
    right = sum((score > other) if above else (score < other) for other in others)
    return (right + sum(score == other for other in others) / 2) / len(others) if others else 0.5
