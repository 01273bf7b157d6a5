"""promptfoo configurations (https://www.promptfoo.dev/docs/configuration/): questions and what answers must say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import UsageError
from evals.case import UNANSWERABLE
from evals.importing.writing import write_set
from evals.questions import QuestionLine

QUESTION = ("question", "query", "input", "prompt", "message")  # variables that hold the question, in this order


class Assertion(BaseModel):
    """What an answer must be."""

    model_config = ConfigDict(extra="ignore")

    type: str
    value: str | int | float | list[str | int | float] | None = None


class Test(BaseModel):
    """A test."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    description: str = ""
    variables: dict[str, str | int | float] = Field(default={}, alias="vars")
    assertions: list[Assertion] = Field(default=[], alias="assert")


class Configuration(BaseModel):
    """The part of a configuration that holds tests."""

    model_config = ConfigDict(extra="ignore")

    tests: list[Test]


def import_promptfoo(source: Path, out: Path) -> list[str]:
    """Write the tests as questions with facts; what was written, and what could not be taken over and why.

    `contains`, `icontains` and their `-all` and `-any` forms become facts, `is-refusal` an unanswerable question.
    Other assertions (a judge, a regular expression, a script) have no counterpart; a test with only those is left out.
    Raises UsageError for a file that is no configuration.
    """
    try:
        configuration = Configuration.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise UsageError(
            f"{source} cannot be read as a promptfoo configuration: {error}.", hint="Tests must be in the file itself."
        ) from error
    questions, said = [], []
    for number, test in enumerate(configuration.tests, start=1):
        asked = next((str(test.variables[name]) for name in QUESTION if name in test.variables), "")
        facts = [fact for assertion in test.assertions for fact in _facts(assertion)]
        refuse = any(assertion.type == "is-refusal" for assertion in test.assertions)
        other = sorted({a.type for a in test.assertions if a.type != "is-refusal" and not list(_facts(a))})
        if not asked or not (facts or refuse):
            said.append(f"test {number}: left out, {'no question' if not asked else f'only {other} to check'}")
            continue
        said += [f"test {number}: {kind} not taken over" for kind in other]
        line = {"id": f"promptfoo-{number}", "question": asked, "facts": facts}
        questions.append(QuestionLine.model_validate(line | ({"kind": UNANSWERABLE} if refuse else {})))
    return [*write_set(questions, {}, out), *said]


def _facts(assertion: Assertion) -> Iterator[str]:
    """What an answer must hold, alternatives separated by |. Nothing for an assertion without counterpart."""
    kind = assertion.type.removeprefix("i")
    values = assertion.value if isinstance(assertion.value, list) else [assertion.value]
    texts = [str(value).lower() for value in values if value is not None]
    if kind == "contains-any":
        yield "|".join(texts)
    elif kind in {"contains", "contains-all"}:
        yield from texts
