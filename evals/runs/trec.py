"""Rankings and gold of a run in the TREC formats, which trec_eval, ir-measures and ranx read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from evals.runs.sample import Sample

TAG = "liaison"


def write_trec(samples: Iterable[Sample], folder: Path) -> list[Path]:
    """`SUITE.run` and `SUITE.qrels` for each suite with rankings; the files written.

    A run line is `question Q0 document rank score tag`; a document ranks by its first passage, and the score is
    1/rank, so that no tool breaks ties. A qrels line is `question 0 document 1`. White space in names is
    percent-encoded, because the formats separate by it.
    """
    by_suite: dict[str, list[Sample]] = {}
    for sample in samples:
        if sample.case.gold:
            by_suite.setdefault(sample.suite, []).append(sample)
    ranked = {suite: found for suite, found in by_suite.items() if any(sample.observation.passages for sample in found)}
    written = []
    for suite, found in ranked.items():
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, lines in (("run", _run(found)), ("qrels", _qrels(found))):
            path = folder / f"{suite}.{suffix}"
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            written.append(path)
    return written


def _run(samples: Sequence[Sample]) -> Iterable[str]:
    for sample in samples:
        documents = dict.fromkeys(passage.doc for passage in sample.observation.passages)
        for rank, document in enumerate(documents, start=1):
            yield f"{_name(sample.case.id)} Q0 {_name(document)} {rank} {1 / rank:.6f} {TAG}"


def _qrels(samples: Sequence[Sample]) -> Iterable[str]:
    for sample in samples:
        for document in dict.fromkeys(gold.doc for gold in sample.case.gold):
            yield f"{_name(sample.case.id)} 0 {_name(document)} 1"


def _name(text: str) -> str:
    return quote(text, safe="/@:<>.-_")
