"""What the stage, which runs where AgentDojo is installed, and the replay, which runs here, tell each other."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Values = dict[str, Any]  # arguments of a function of AgentDojo, as JSON


class Wire(BaseModel):
    """One line of JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Order(Wire):
    """A function to call and what with."""

    function: str
    args: Values


class Pair(Wire):
    """A task of a person, and what an attacker wants meanwhile; `injection` is empty without one."""

    suite: str
    user: str
    injection: str = ""


class Record(Wire):
    """Something the person keeps: what they may call it, and the values that belong to it."""

    names: list[str]
    values: list[str]


class Scene(Wire):
    """What is played. `asked` and `said` solve the person's task, `ordered` and `told` are what the attacker wants."""

    prompt: str
    asked: list[Order]
    said: str
    ordered: list[Order] = []
    told: str = ""


class Returned(Wire):
    """What a function gave back. `injected` says that the attacker's text stands in it."""

    text: str
    failed: bool = False
    injected: bool = False


class Verdict(Wire):
    """AgentDojo's own judgement of the end: whether the task is solved, and whether the attacker got it."""

    utility: bool
    attacked: bool


class Ask(Wire):
    """A request to the stage; `tools` names the functions of a suite with their arguments."""

    what: Literal["pairs", "tools", "begin", "call", "records", "end"]
    suite: str = ""
    pair: Pair | None = None
    order: Order | None = None
    output: str = ""


class Pairs(Wire):
    """Every pair there is, and every task without an attack."""

    pairs: list[Pair]


class Signature(Wire):
    """A function of a suite: its name, what it does, and the names of its arguments."""

    name: str
    about: str
    arguments: list[str]


class Signatures(Wire):
    """The functions of a suite."""

    functions: list[Signature]


class Records(Wire):
    """What the person keeps now."""

    records: list[Record]
