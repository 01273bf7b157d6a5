"""The conversations of MTRAG-UN with what their last question calls for."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from evals.multi_turn import Said


class Move(IntEnum):
    """What is right to do with a question."""

    ANSWER = 0  # the passages answer it, whole or in part
    DECLINE = 1
    ASK_BACK = 2  # nobody can tell what is meant


MOVES = {
    "ANSWERABLE": Move.ANSWER,
    "PARTIAL": Move.ANSWER,
    "UNANSWERABLE": Move.DECLINE,
    "UNDERSPECIFIED": Move.ASK_BACK,
}


class Task(BaseModel):
    """A conversation up to the question that is to be answered, as the file has it."""

    model_config = ConfigDict(extra="ignore")

    task_id: str
    conversation_id: str
    collection: str = Field(alias="Collection")
    answerability: tuple[str, ...]
    input: tuple[Said, ...]

    @property
    def move(self) -> Move:
        """What people say is right."""
        return MOVES[self.answerability[0]]

    @property
    def questions(self) -> list[str]:
        """What the person said, the last being the question."""
        return [said.text for said in self.input if said.speaker == "user"]

    @property
    def replies(self) -> list[str]:
        """What was answered, oldest first."""
        return [said.text for said in self.input if said.speaker != "user"]


def load_tasks(path: Path) -> list[Task]:
    """Every conversation of the file, in its order."""
    return [Task.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]
