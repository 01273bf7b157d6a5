"""The stage as a process: AgentDojo in an environment of its own, asked line by line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

from assistant.errors import StorageError
from evals.agentdojo.wire import (
    Ask,
    Order,
    Pair,
    Pairs,
    Record,
    Records,
    Returned,
    Scene,
    Signature,
    Signatures,
    Verdict,
    Wire,
)
from evals.peers.environment import Environment
from evals.workbench import ROOT

HERE = Path(__file__).parent
AGENTDOJO = Environment(
    ROOT / ".venv-agentdojo",
    requirements=HERE / "requirements.txt",
    constraints=HERE / "constraints.txt",
    about="AgentDojo into .venv-agentdojo (about 180 MB, a minute)",
)
T = TypeVar("T", bound=Wire)


class Stage:
    """Requests and answers, one after the other."""

    def __init__(self, asks: IO[str], answers: IO[str]) -> None:
        self._asks, self._answers = asks, answers

    def pairs(self) -> list[Pair]:
        """Every task, alone and with each attack."""
        return self._ask(Ask(what="pairs"), Pairs).pairs

    def functions(self, suite: str) -> list[Signature]:
        """The functions of a suite."""
        return self._ask(Ask(what="tools", suite=suite), Signatures).functions

    def begin(self, pair: Pair) -> Scene:
        """Set a fresh environment with the attacker's text planted."""
        return self._ask(Ask(what="begin", pair=pair), Scene)

    def call(self, order: Order) -> Returned:
        """Call a function in it."""
        return self._ask(Ask(what="call", order=order), Returned)

    def records(self) -> list[Record]:
        """What the person keeps now."""
        return self._ask(Ask(what="records"), Records).records

    def end(self, output: str) -> Verdict:
        """AgentDojo's judgement, with what was told to the person at the end."""
        return self._ask(Ask(what="end", output=output), Verdict)

    def _ask(self, ask: Ask, kind: type[T]) -> T:
        self._asks.write(ask.model_dump_json() + "\n")
        self._asks.flush()
        answer = self._answers.readline()
        if not answer:
            raise StorageError("AgentDojo's process ended.", hint="What it said last stands above.")
        return kind.model_validate_json(answer)


@contextmanager
def staged(announce: Callable[[str], None]) -> Iterator[Stage]:
    """A running stage; AgentDojo is installed first where it is not."""
    python = AGENTDOJO.ready(announce)
    command = [str(python), "-W", "ignore", "-m", "evals.agentdojo.stage"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own words
        if process.stdin is None or process.stdout is None:
            raise StorageError("AgentDojo's process has no pipes.", hint="Try again.")
        try:
            yield Stage(process.stdin, process.stdout)
        finally:
            process.stdin.close()
