from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.surfaces.slack.blockkit import check_blocks, check_chunks, check_message, check_view
from integrations.surfaces.slack.blockkit_rules import Broken, Fault, Surface
from tests.unit.slack.bad_blocks import BAD, without
from tests.unit.slack.blocks import (
    IN_MESSAGES,
    Json,
    ask,
    modal,
    mrkdwn,
    plain,
    section,
)


def codes(faults: list[Fault]) -> set[Broken]:
    return {fault.code for fault in faults}


@pytest.mark.parametrize("name", IN_MESSAGES)
def test_what_slack_takes_in_a_message_passes(name: str) -> None:
    assert check_blocks([IN_MESSAGES[name]], Surface.MESSAGE) == []


@pytest.mark.parametrize("name", BAD)
def test_what_slack_refuses_is_told(name: str) -> None:
    block, code = BAD[name]
    faults = check_blocks([block], Surface.MESSAGE)
    assert codes(faults) == {code}
    assert all(fault.pointer.startswith("/blocks/0") or fault.pointer == "/blocks" for fault in faults)


@pytest.mark.parametrize("kind", ["markdown", "feedback", "plan", "task", "file"])
@pytest.mark.parametrize("surface", [Surface.MODAL, Surface.HOME])
def test_blocks_of_messages_stand_in_no_view(kind: str, surface: Surface) -> None:
    assert Broken.WRONG_SURFACE in codes(check_blocks([IN_MESSAGES[kind]], surface))


def test_a_table_stands_in_a_home_and_not_in_a_modal() -> None:
    table = IN_MESSAGES["table"]
    assert check_blocks([table], Surface.HOME) == []
    assert codes(check_blocks([table], Surface.MODAL)) == {Broken.WRONG_SURFACE}


@pytest.mark.parametrize(("surface", "most"), [(Surface.MESSAGE, 50), (Surface.MODAL, 100), (Surface.HOME, 100)])
def test_a_surface_has_so_many_blocks(surface: Surface, most: int) -> None:
    assert check_blocks([{"type": "divider"}] * most, surface) == []
    assert codes(check_blocks([{"type": "divider"}] * (most + 1), surface)) == {Broken.TOO_MANY}


def test_the_markdown_of_a_message_is_counted_together() -> None:
    half = {"type": "markdown", "text": "x" * 6_000}
    assert check_blocks([half, half], Surface.MESSAGE) == []
    assert codes(check_blocks([half, {"type": "markdown", "text": "x" * 6_001}], Surface.MESSAGE)) == {Broken.TOO_LONG}


def test_a_block_id_is_used_once() -> None:
    assert codes(check_blocks([section(block_id="b")] * 2, Surface.MESSAGE)) == {Broken.DUPLICATE}


def test_one_field_has_the_focus() -> None:
    field = ask({"type": "plain_text_input", "focus_on_load": True})
    assert check_view(modal(field)) == []
    assert codes(check_view(modal(field, field))) == {Broken.TOO_MANY}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({}, Broken.MISSING),
        ({"text": "x" * 40_001}, Broken.TOO_LONG),
        ({"markdown_text": "x" * 12_001}, Broken.TOO_LONG),
        ({"markdown_text": "x", "text": "x"}, Broken.EXCLUSIVE),
        ({"markdown_text": "x", "blocks": [section()]}, Broken.EXCLUSIVE),
        ({"text": "x", "blocks": "[]"}, Broken.WRONG_TYPE),
        ({"text": "x", "attachments": [{}] * 101}, Broken.TOO_MANY),
        ({"text": 7}, Broken.WRONG_TYPE),
    ],
)
def test_a_message_slack_refuses_is_told(message: Json, code: Broken) -> None:
    assert codes(check_message(message)) == {code}


def test_an_update_is_shorter_than_a_message() -> None:
    assert check_message({"text": "x" * 4_001}) == []
    assert codes(check_message({"text": "x" * 4_001}, update=True)) == {Broken.TOO_LONG}


@pytest.mark.parametrize(
    ("view", "code"),
    [
        ("modal", Broken.UNKNOWN_KIND),
        ({"type": "workflow_step"}, Broken.UNKNOWN_KIND),
        (without(modal(section()), "title"), Broken.MISSING),
        (modal(section(), title=plain("x" * 25)), Broken.TOO_LONG),
        (modal(section(), submit=plain("x" * 25)), Broken.TOO_LONG),
        (modal(section(), close=plain("x" * 25)), Broken.TOO_LONG),
        (modal(section(), private_metadata="x" * 3001), Broken.TOO_LONG),
        (modal(section(), callback_id="x" * 256), Broken.TOO_LONG),
        (modal(section(), state={}), Broken.UNKNOWN_PROPERTY),
        (modal(section(), notify_on_close="yes"), Broken.WRONG_TYPE),
        (without(modal(ask({"type": "datepicker"})), "submit"), Broken.MISSING),
        ({"type": "home", "title": plain(), "blocks": []}, Broken.UNKNOWN_PROPERTY),
        (modal(*[section("é" * 3000)] * 50), Broken.TOO_LONG),
    ],
)
def test_a_view_slack_refuses_is_told(view: object, code: Broken) -> None:
    assert codes(check_view(view)) == {code}


def test_a_modal_and_a_home_pass() -> None:
    assert check_view(modal(ask({"type": "plain_text_input"}), {"type": "alert", "text": plain()})) == []
    assert check_view({"type": "home", "blocks": [section(), IN_MESSAGES["table"]]}) == []


@pytest.mark.parametrize(
    ("chunk", "code"),
    [
        ({"type": "text", "text": "x"}, Broken.UNKNOWN_KIND),
        ({"type": "markdown_text", "text": "x" * 12_001}, Broken.TOO_LONG),
        ({"type": "task_update", "id": "1", "title": "x"}, Broken.MISSING),
        ({"type": "task_update", "id": "1", "title": "x", "status": "done"}, Broken.NOT_ALLOWED),
        ({"type": "plan_update"}, Broken.MISSING),
        ({"type": "blocks", "blocks": [{"type": "header", "text": mrkdwn()}]}, Broken.WRONG_TYPE),
    ],
)
def test_a_chunk_slack_refuses_is_told(chunk: Json, code: Broken) -> None:
    assert codes(check_chunks([chunk])) == {code}


def test_chunks_pass() -> None:
    task = {"type": "task_update", "id": "1", "title": "x", "status": "in_progress"}
    sources = [{"type": "url", "url": "https://example.com", "text": "x"}]
    assert check_chunks([{"type": "markdown_text", "text": "x"}, {**task, "sources": sources}]) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "blocks", "elements", "accessory", "options", "rows", "child_blocks"]),
            inner
            | st.sampled_from([*(b["type"] for b in IN_MESSAGES.values()), "modal", "home", "plain_text", "button"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON)
def test_no_payload_breaks_the_validator(payload: Any) -> None:
    check_view(payload)
    check_chunks(payload)
    for surface in Surface:
        check_blocks(payload, surface)
    if isinstance(payload, dict):
        check_message(payload)
