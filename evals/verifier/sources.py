"""True sentences with what they rest on: documentation, our samples, Wikipedia, and people's answers from passages."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

from assistant.answering.verification.evidence import Evidence
from assistant.domain.prose import blocks, plain, sentences
from evals.verifier.pair import Grounded

PASSAGE = 900  # characters
SHORTEST, LONGEST = 6, 45  # words
HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
CLAIM = re.compile(r"^[\"“(]?[A-Z0-9].*[.!]$", re.DOTALL)
CHAT = re.compile(
    r"^(?:I |I'm|I’m|Sorry|Yes|No\b|Sure|However, I|Unfortunately|Please|Let me|Do you|You're welcome)|\?$"
)
LANGUAGES = {"de": "de", "fr": "fr", "es": "es", "pt-BR": "pt", "ja": "ja"}


def worth_checking(sentence: str) -> bool:
    """A whole sentence of a usual length."""
    return SHORTEST <= len(sentence.split()) <= LONGEST and bool(CLAIM.match(sentence)) and "](" not in sentence


def markdown(folder: Path, *, source: str, limit: int) -> Iterator[Grounded]:
    """Sentences of the Markdown files below a folder, each with the passage it stands in."""
    for path in _sample(sorted(folder.rglob("*.md")), limit):
        text = FRONT_MATTER.sub("", path.read_text(encoding="utf-8", errors="replace"))
        title = path.stem.replace("-", " ")
        for heading, passage in _passages(text):
            evidence = (Evidence(passage, "en", f"{title} › {heading}"),)
            for block in blocks(passage):
                if block.kind != "prose":
                    continue
                for span in sentences(passage, block):
                    sentence = " ".join(plain(span.of(passage)).split())
                    if worth_checking(sentence):
                        yield Grounded(sentence, "en", evidence, str(path.relative_to(folder)), source)


def _passages(text: str) -> Iterator[tuple[str, str]]:
    """Heading and text of the passages of a Markdown file, none longer than PASSAGE where blocks allow."""
    headings = [("", 0, 0), *((m.group(1).strip(), m.start(), m.end()) for m in HEADING.finditer(text))]
    for place, (heading, _, start) in enumerate(headings):
        end = headings[place + 1][1] if place + 1 < len(headings) else len(text)
        section, kept = text[start:end], ""
        for block in blocks(section):
            if kept and len(kept) + block.end - block.start > PASSAGE:
                yield heading, kept
                kept = ""
            kept = f"{kept}\n\n{block.of(section)}" if kept else block.of(section)
        if kept:
            yield heading, kept


def wikipedia(path: Path, *, limit: int) -> Iterator[Grounded]:
    """Sentences of CLAP NQ's gold passages, with spaces before punctuation taken out."""
    corpus = json.loads(path.read_text(encoding="utf-8"))["corpus"]
    for key in _sample(sorted(corpus), limit):
        title, _, body = corpus[key].partition("\n")
        passage = detokenized(body)
        for block in blocks(passage):
            for span in sentences(passage, block):
                sentence = span.of(passage)
                if worth_checking(sentence):
                    yield Grounded(sentence, "en", (Evidence(passage, "en", title),), title, "wikipedia")


def detokenized(text: str) -> str:
    """A text of a data set without the spaces that its tokenizer put around punctuation."""
    text = re.sub(r" ([.,;:!?%)\]]|'s\b|n't\b|'re\b|'ve\b|'ll\b)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text).replace("`` ", "“").replace(" ''", "”").replace(" - ", "-")


def people_answers(folder: Path) -> Iterator[Grounded]:
    """Sentences of MTRAG answers that three people each rated fully faithful, with all passages they were given."""
    data = json.loads((folder / "mtrag_human_eval.json").read_text(encoding="utf-8"))
    for task, response, ratings in rated_responses(data):
        if min(ratings) < 4 or "fiqa" in task["Collection"]:
            continue
        evidence = contexts(data, task)
        for block in blocks(response):
            for span in sentences(response, block):
                sentence = " ".join(plain(span.of(response)).split())
                if worth_checking(sentence) and not CHAT.search(sentence):
                    yield Grounded(sentence, "en", evidence, task["contexts"][0]["document_id"], "people")


def rated_responses(data: Any) -> Iterator[tuple[Any, str, list[float]]]:  # noqa: ANN401 - a data set's own JSON
    """Task, response and faithfulness ratings (1..4) of every response that had contexts."""
    tasks = {task["task_id"]: task for task in data["tasks"]}
    for evaluation in data["evaluations"]:
        task = tasks[evaluation["task_id"]]
        ratings = [float(each["value"]) for each in evaluation["annotations"].get("faithfulness", {}).values()]
        if task["contexts"] and ratings:
            yield task, evaluation["model_response"], ratings


def contexts(data: Any, task: Any) -> tuple[Evidence, ...]:  # noqa: ANN401 - a data set's own JSON
    """The passages of a task as evidence."""
    texts = {document["document_id"]: document for document in data["documents"]}
    found = (texts[each["document_id"]] for each in task["contexts"])
    return tuple(Evidence(detokenized(d["text"]), "en", d.get("title") or "") for d in found)


def faithfulness(ratings: list[float]) -> float:
    """The mean of the ratings."""
    return mean(ratings)


def translations(folder: Path, *, limit: int) -> Iterator[Grounded]:
    """Sentences in five languages of the Partner Center documentation, each with its English original as evidence."""
    for tag, language in LANGUAGES.items():
        with gzip.open(folder / f"{tag}.tsv.gz", "rt", encoding="utf-8") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        kept = [row for row in rows if row[-1] == "partner-center" and worth_checking(plain(row[0]))]
        for english, foreign, _ in _sample(kept, limit):
            evidence = (Evidence(english, "en"),)
            yield Grounded(plain(foreign), language, evidence, english, f"translated:{language}")


def _sample(items: list[Any], limit: int) -> list[Any]:
    """A repeatable sample in the original order."""
    if len(items) <= limit:
        return items
    chosen = set(random.Random(3).sample(range(len(items)), limit))  # noqa: S311 - a repeatable sample
    return [item for place, item in enumerate(items) if place in chosen]
