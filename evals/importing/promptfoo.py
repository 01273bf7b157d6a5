"""promptfoo configurations (https://www.promptfoo.dev/docs/configuration/): questions and what answers must say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import UsageError
from evals.case import UNANSWERABLE
from evals.importing.writing import write_set
from evals.questions import QuestionLine

QUESTION = ("question", "query", "input", "prompt", "message")  # variables that hold the question, in this order
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


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
    default: Test = Field(default=Test(), alias="defaultTest")


def import_promptfoo(source: Path, out: Path) -> list[str]:
    """Write the tests as questions with facts; what was written, and what could not be taken over and why.

    `contains`, `icontains` and their `-all` and `-any` forms become facts, with the variables of the test put in, and
    `is-refusal` an unanswerable question. Other assertions (a judge, a regular expression, a script) have no
    counterpart; a test with only those is left out. What `defaultTest` checks of every test is not taken over.
    Raises UsageError for a file that is no configuration.
    """
    try:
        configuration = Configuration.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise UsageError(
            f"{source} cannot be read as a promptfoo configuration: {error}.", hint="Tests must be in the file itself."
        ) from error
    questions, said = [], [f"defaultTest: {each.type} not taken over" for each in configuration.default.assertions]
    for number, test in enumerate(configuration.tests, start=1):
        asked = next((str(test.variables[name]) for name in QUESTION if name in test.variables), "")
        facts = [fact for assertion in test.assertions for fact in _facts(assertion, test.variables)]
        refuse = any(assertion.type == "is-refusal" for assertion in test.assertions)
        other = sorted(
            {a.type for a in test.assertions if a.type != "is-refusal" and not list(_facts(a, test.variables))}
        )
        if not asked or not (facts or refuse):
            said.append(f"test {number}: left out, {'no question' if not asked else f'only {other} to check'}")
            continue
        said += [f"test {number}: {kind} not taken over" for kind in other]
        line = {"id": f"promptfoo-{number}", "question": asked, "facts": facts}
        questions.append(QuestionLine.model_validate(line | ({"kind": UNANSWERABLE} if refuse else {})))
    return [*write_set(questions, {}, out), *said]


def _facts(assertion: Assertion, variables: Mapping[str, str | float]) -> Iterator[str]:
    """What an answer must hold, alternatives separated by |. Nothing for an assertion without counterpart."""
    kind = assertion.type.removeprefix("i")
    values = assertion.value if isinstance(assertion.value, list) else [assertion.value]
    texts = [_filled(str(value), variables).lower() for value in values if value is not None]
    if not texts or any("{{" in text or "{%" in text for text in texts):
        return  # words that only their template engine knows
    if kind == "contains-any":
        yield "|".join(texts)
    elif kind in {"contains", "contains-all"}:
        yield from texts


def _filled(text: str, variables: Mapping[str, str | float]) -> str:
    """The text with `{{name}}` replaced by the variable, where there is one."""
    return VARIABLE.sub(lambda found: str(variables.get(found[1], found[0])), text)
