"""Responses that three people each rated, to see how far a judge agrees with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from pydantic import BaseModel, ConfigDict

from evals.model_judge.criteria import GOOD, Criterion, Graded
from evals.verifier.judges import auroc

FILE = "data/mtrag/mtrag_human_eval.json"


class Record(BaseModel):
    """A record of the file; other keys are left alone."""

    model_config = ConfigDict(extra="ignore")


class Utterance(Record):
    """What somebody said."""

    speaker: str
    text: str


class Reference(Record):
    """A passage by its id."""

    document_id: str


class Task(Record):
    """A conversation up to its question, with the passages that were found."""

    task_id: str
    input: tuple[Utterance, ...]
    contexts: tuple[Reference, ...]


class Document(Record):
    """A passage."""

    document_id: str
    text: str


class Rating(Record):
    """One person's, or one program's, opinion."""

    value: str | float


class Evaluation(Record):
    """A model's response with opinions by criterion and by who has them."""

    task_id: str
    model_id: str
    model_response: str
    annotations: dict[str, dict[str, Rating]]


class RatedFile(Record):
    """The file."""

    documents: tuple[Document, ...]
    tasks: tuple[Task, ...]
    evaluations: tuple[Evaluation, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a judge's grades agree with people: chance-corrected (Cohen 1960) on good or not, and as a ranking."""

    n: int
    kappa: float
    auroc: float


def rated(path: Path, criterion: Criterion) -> list[tuple[Graded, float]]:
    """Every response with passages that people rated by a criterion, and their mean rating, in the file's order."""
    file = RatedFile.model_validate_json(path.read_bytes())
    texts = {document.document_id: document.text for document in file.documents}
    tasks = {task.task_id: task for task in file.tasks}
    found = []
    for evaluation in file.evaluations:
        task, given = tasks[evaluation.task_id], evaluation.annotations.get(criterion, {})
        if task.contexts and given:
            said = tuple(f"{'Question' if u.speaker == 'user' else 'Answer'}: {u.text}" for u in task.input)
            passages = tuple(texts[each.document_id] for each in task.contexts)
            key = f"{task.task_id} {evaluation.model_id}"
            rating = mean(float(each.value) for each in given.values())
            found.append((Graded(key, said, passages, evaluation.model_response), rating))
    return found


def agreement(grades: Mapping[str, int], people: Sequence[tuple[Graded, float]]) -> Agreement:
    """Of the responses that have a grade. Without any, or with good ones alone, there is nothing to agree on: 0."""
    pairs = [(grades[graded.id], rating > GOOD) for graded, rating in people if graded.id in grades]
    good = [grade > GOOD for grade, _ in pairs]
    labels = [label for _, label in pairs]
    return Agreement(len(pairs), kappa(good, labels), auroc([float(grade) for grade, _ in pairs], labels))


def kappa(one: Sequence[bool], other: Sequence[bool]) -> float:
    """Cohen's kappa of two opinions on the same things; 0 when both could only agree by chance."""
    n = len(one)
    if not n:
        return 0.0
    same = sum(a == b for a, b in zip(one, other, strict=True)) / n
    yes = (sum(one) / n) * (sum(other) / n)
    chance = yes + (1 - sum(one) / n) * (1 - sum(other) / n)
    return (same - chance) / (1 - chance) if chance < 1 else 0.0
