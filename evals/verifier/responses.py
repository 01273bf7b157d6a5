"""Whole true responses with what they rest on, for composing untrue ones: no rating of anybody stands behind them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.answering.verification.evidence import Evidence
from assistant.domain.prose import blocks, plain, sentences
from evals.verifier.pair import Grounded, Pair
from evals.verifier.sources import contexts, detokenized, wikipedia, worth_checking

ANSWERED = ("ANSWERABLE", "PARTIAL")
EVERY = 1_000_000


@dataclass(frozen=True, slots=True)
class Response:
    """Sentences said together, of `evidence` alone. `document` decides which part it is in."""

    sentences: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    document: str
    source: str

    @property
    def part(self) -> str:
        """As that of the labelled pairs; of MTRAG-UN, where none is held out, two of five conversations are dev."""
        if self.source == "answers":
            return "dev" if int(hashlib.sha256(self.document.encode()).hexdigest()[:8], 16) % 5 < 2 else "train"
        grounded = Grounded("", "en", self.evidence, self.document, self.source)
        return Pair(grounded, "", "", supported=True).part


def responses(shared: Path) -> list[Response]:
    """Passages of Wikipedia (CLAP NQ) and of MTRAG as if they were said, and people's answers of MTRAG-UN."""
    data = shared / "data"
    found = [*_of_wikipedia(data / "clapnq" / "clapnq_all.json"), *_of_mtrag(data / "mtrag" / "mtrag_human_eval.json")]
    return [*found, *_answers(data / "mtrag" / "mtragun_reference.jsonl")]


def said(response: str) -> list[str]:
    """The sentences of a response, as plain text."""
    spans = (span for block in blocks(response) for span in sentences(response, block))
    return [text for span in spans if (text := " ".join(plain(span.of(response)).split()))]


def _of_wikipedia(path: Path) -> Iterator[Response]:
    kept: dict[tuple[Evidence, ...], Response] = {}
    for each in wikipedia(path, limit=EVERY):
        before = kept.get(each.evidence) or Response((), each.evidence, each.document, "wikipedia")
        kept[each.evidence] = replace(before, sentences=(*before.sentences, each.sentence))
    yield from kept.values()


def _of_mtrag(path: Path) -> Iterator[Response]:
    data = json.loads(path.read_text(encoding="utf-8"))
    for document in data["documents"]:
        evidence = contexts(data, {"contexts": [document]})
        own = tuple(text for text in said(evidence[0].text) if worth_checking(text))
        if own:
            yield Response(own, evidence, document["document_id"], "mtrag passages")


def _answers(path: Path) -> Iterator[Response]:
    for line in path.read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        answered = any(kind in ANSWERED for kind in (task["answerability"], *task["answerability"]))
        given = tuple(Evidence(detokenized(c["text"]), "en", c.get("title") or "") for c in task["contexts"])
        own = tuple(said(task["targets"][0]["text"]))
        if answered and given and own:
            yield Response(own, given, task["conversation_id"], "answers")
