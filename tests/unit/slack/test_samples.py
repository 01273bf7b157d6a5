"""Nothing that people see in Slack is missing from the samples, which the preview shows to whoever reviews it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
import yaml

import prompts.messages
from assistant.tools.writes import COMMANDS, tool_of
from integrations.surfaces import slack
from integrations.surfaces.slack.change_fields import editable
from integrations.surfaces.slack.samples import SAMPLES
from integrations.surfaces.slack.samples_of_changes import EDITS, changes, proposal_of
from integrations.surfaces.slack.samples_of_sentences import AGENT, ANSWERS, RECORDS

FOLDER = Path(slack.__file__).parent
MADE = {"Json", "list[Json]", "Iterator[Json]"}
PARTS = {"type", "elements", "blocks"}
# Modules that make nothing to be seen, or check it, or show it for review.
OTHERS = {"manifest", "delivery", "facts", "standing", "outgoing", "preview"}
ENVELOPES = {("forms", "_update"), ("changing", "_update")}  # what Slack does with a view that others make
NOT_SHOWN = {"slack_register_this"}  # a sentence by which a message is read
SAID_IN_SLACK = (*("slack_", "agent_", "cosell_", "says_"), *ANSWERS, *RECORDS, *AGENT)
BUILT_INLINE = {"markdown", "rating", "button", "small_print"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(FOLDER.glob("*.py")):
        if not (file.stem in OTHERS or file.stem.startswith(("blockkit", "samples"))):
            yield file.stem, ast.parse(file.read_text(encoding="utf-8"))


def builders() -> set[tuple[str, str]]:
    """Functions that make a view, a message or a part of one."""
    return {
        (module, node.name)
        for module, tree in modules()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) in MADE
    } - ENVELOPES


@pytest.fixture(scope="module")
def called() -> set[tuple[str, str]]:
    """The functions that are called when every sample is made."""
    seen: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(str(FOLDER)):
            seen.add((Path(frame.f_code.co_filename).stem, frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for sample in SAMPLES:
            for language in ("en", "ar"):
                sample(language)
    finally:
        sys.setprofile(before)
    return seen


def test_every_function_that_makes_something_to_be_seen_is_called_by_a_sample(called: set[tuple[str, str]]) -> None:
    assert len(builders()) > 30
    assert builders() - called == set()


def test_whatever_is_sent_is_made_by_functions_that_a_sample_can_call() -> None:
    inline = [
        (module, method.name)
        for module, tree in modules()
        if module not in {"ingress", "mount"}  # whose messages are those of ASGI
        for kind in tree.body
        if isinstance(kind, ast.ClassDef)
        for method in kind.body
        for node in ast.walk(method)
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and _makes_blocks(node)
    ]
    assert inline == [("dialogue", "blocks"), ("streaming", "_new")]  # called by a sample, and text that is streamed


def _makes_blocks(node: ast.AST) -> bool:
    if isinstance(node, ast.Dict):
        return any(isinstance(key, ast.Constant) and key.value == "type" for key in node.keys)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILT_INLINE


def test_every_word_of_ours_is_said_by_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[str] = set()

    class Noting(dict[str, str]):
        def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
            said.add(key)
            return super().get(key, default)

    catalogue = prompts.messages._catalogue
    monkeypatch.setattr(prompts.messages, "_catalogue", lambda language: Noting(catalogue(language)))
    for sample in SAMPLES:
        sample("en")
    words = yaml.safe_load((prompts.messages.FOLDER / "en.yaml").read_text(encoding="utf-8"))
    ours = {key for key in words if key.startswith(SAID_IN_SLACK)}
    assert ours - said == NOT_SHOWN


def test_every_change_has_a_card_and_every_one_that_can_be_edited_a_form() -> None:
    proposals = [proposal_of(change, "en").proposal for change in changes("en")]
    assert {tool_of(change) for change in changes("en")} == set(COMMANDS)
    forms = [each.tool for each in proposals if each and editable(each) and each.tool != "register_deal"]
    assert len(EDITS) == len(forms)
