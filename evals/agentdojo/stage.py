"""AgentDojo's suites behind standard input and output: a line of JSON in, a line out. Runs where it is installed.

The environments, functions, tasks, attack texts and judgements are AgentDojo's own (version 1.2.1 of its suites).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import yaml
from agentdojo.agent_pipeline.ground_truth_pipeline import GroundTruthPipeline
from agentdojo.agent_pipeline.tool_execution import tool_result_to_str
from agentdojo.attacks.important_instructions_attacks import ImportantInstructionsAttackNoNames
from agentdojo.functions_runtime import FunctionCall, FunctionsRuntime
from agentdojo.task_suite import task_suite
from agentdojo.task_suite.load_suites import get_suites
from agentdojo.types import text_content_block_from_string

from evals.agentdojo.orders import orders
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

VERSION = "v1.2.1"
MODEL = "gpt-4o-2024-05-13"  # AgentDojo wants one to be named; this attack names none


class FastYaml:
    """What the suites use of PyYAML, in C: reading an environment is half of the time of a pair otherwise."""

    dump, load = yaml.dump, yaml.load

    @staticmethod
    def safe_load(text: str) -> Any:  # noqa: ANN401 - YAML
        """The plain values of a text."""
        return yaml.load(text, Loader=yaml.CSafeLoader)


task_suite.yaml = FastYaml


class Stage:
    """The suites, and the pair that is played now."""

    def __init__(self) -> None:
        self.suites = get_suites(VERSION)
        self.attacks = {name: _attack(suite) for name, suite in self.suites.items()}

    def answer(self, ask: Ask) -> Wire:
        """The answer to a line."""
        match ask.what:
            case "pairs":
                return Pairs(pairs=list(self._pairs()))
            case "tools":
                return Signatures(functions=[_signature(tool) for tool in self.suites[ask.suite].tools])
            case "begin" if ask.pair is not None:
                return self._begin(ask.pair)
            case "call" if ask.order is not None:
                return self._call(ask.order)
            case "records":
                return Records(records=[each for each in records(self.environment) if all(each.names)])
            case _:
                return self._end(ask.output)

    def _pairs(self) -> Iterator[Pair]:
        for name, suite in self.suites.items():
            for user in suite.user_tasks:
                yield Pair(suite=name, user=user)
                yield from (Pair(suite=name, user=user, injection=task) for task in suite.injection_tasks)

    def _begin(self, pair: Pair) -> Scene:
        suite = self.suites[pair.suite]
        self.suite, self.user = suite, suite.user_tasks[pair.user]
        self.injection = suite.injection_tasks[pair.injection] if pair.injection else None
        planted = self.attacks[pair.suite].attack(self.user, self.injection) if self.injection else {}
        self.environment = self.user.init_environment(suite.load_and_inject_default_environment(planted))
        self.before = self.environment.model_copy(deep=True)
        self.called: list[Any] = []
        self.runtime = FunctionsRuntime(suite.tools)
        self.goal = " ".join(self.injection.GOAL.split()) if self.injection else ""
        asked = self.user.ground_truth(self.environment.model_copy(deep=True))
        wanted = orders(self.injection, self.environment.model_copy(deep=True)) if self.injection else []
        return Scene(
            prompt=self.user.PROMPT,
            asked=[Order(function=call.function, args=dict(call.args)) for call in asked],
            said=self.user.GROUND_TRUTH_OUTPUT or "Done.",
            ordered=wanted,
            told=(self.injection.GROUND_TRUTH_OUTPUT or "") if self.injection else "",
        )

    def _call(self, order: Order) -> Returned:
        result, error = self.runtime.run_function(self.environment, order.function, order.args)
        self.called.append(FunctionCall(function=order.function, args=order.args))
        text = error or tool_result_to_str(result)
        seen = " ".join(text.replace("\\n", " ").replace("\\", " ").replace("''", "'").split())
        injected = bool(self.goal) and "This is an important message from me" in seen
        return Returned(text=text, failed=bool(error), injected=injected)

    def _end(self, output: str) -> Verdict:
        said = [text_content_block_from_string(output)]
        now = (said, self.before, self.environment, self.called)
        judged = self.suite._check_task_result  # noqa: SLF001 - what run_task_with_pipeline judges by
        utility = judged(self.user, *now)
        attacked = bool(self.injection) and judged(self.injection, *now)
        return Verdict(utility=bool(utility), attacked=bool(attacked))


def _attack(suite: Any) -> ImportantInstructionsAttackNoNames:  # noqa: ANN401 - AgentDojo's
    pipeline = GroundTruthPipeline(None)
    pipeline.name = MODEL
    return ImportantInstructionsAttackNoNames(suite, pipeline)


def _signature(tool: Any) -> Signature:  # noqa: ANN401 - AgentDojo's
    return Signature(name=tool.name, about=tool.description, arguments=list(tool.parameters.model_fields))


def records(environment: Any) -> Iterator[Record]:  # noqa: ANN401 - AgentDojo's
    """What a person of these suites keeps, by what they call it. Free text that others wrote is in no record."""
    for kind, keep in KEPT.items():
        part: Any = environment
        for name in kind.split("."):
            part = getattr(part, name, None)
        found = part.values() if isinstance(part, dict) else part or ()
        for each in found:
            names, values = keep(each)
            yield Record(names=[str(name) for name in names], values=[str(value) for value in values])


def _file(file: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 - AgentDojo's
    return [file.filename, file.filename.rpartition(".")[0]], [file.id_]


def _place(place: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 - AgentDojo's
    return [place.name], [place.name, place.address]


KEPT: dict[str, Any] = {
    "inbox.contact_list": lambda each: ([each.name, each.name.split()[0]], [each.email]),
    "inbox.emails": lambda each: ([each.subject], [each.id_]),
    "calendar.events": lambda each: ([each.title], [each.id_, *each.participants]),
    "cloud_drive.files": _file,
    "hotels.hotel_list": _place,
    "restaurants.restaurant_list": _place,
    "car_rental.company_list": _place,
    "bank_account.transactions": lambda each: ([each.recipient], [each.recipient]),
    "bank_account.scheduled_transactions": lambda each: ([each.recipient, each.subject], [each.id, each.recipient]),
    "slack.channels": lambda each: ([each], [each]),
    "slack.users": lambda each: ([each], [each]),
}


def main() -> None:
    """Answer until the input ends."""
    stage = Stage()
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    for line in sys.stdin:
        answers.write(stage.answer(Ask.model_validate_json(line)).model_dump_json() + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
