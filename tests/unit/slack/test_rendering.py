"""Whatever an answer holds, it is shown as it is and as Slack takes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.answer import Answer, AnswerStatus
from assistant.domain.content import Citation, Locator
from integrations.surfaces.slack.blockkit import check_blocks, check_message
from integrations.surfaces.slack.blockkit_rules import Surface
from integrations.surfaces.slack.rendering import MARKDOWN, below, markdown, parts_of, private_messages, safe_markdown


@settings(deadline=None)
@given(st.text(max_size=3_000), st.integers(min_value=1, max_value=200))
def test_parts_are_short_enough_and_lose_nothing(text: str, most: int) -> None:
    parts = parts_of(text, most)
    assert "".join(parts) == text
    assert all(len(part) <= most for part in parts)


def answer(text: str, count: int, title: str) -> Answer:
    place = Locator("line", start="1", end="2")
    cited = Citation(
        "d", "p", title, (title, title), locator=place, link=f"https://x.example/{title}", quote="q", start=0, end=1
    )
    return Answer("q", AnswerStatus.ANSWERED, text, "en", citations=(cited,) * count, notices=(title,), id="a" * 32)


@settings(deadline=None)
@given(
    st.text(max_size=14_000),
    st.integers(min_value=0, max_value=60),
    st.text(max_size=4_000),
    st.sampled_from(["en", "ja", "ar"]),
)
def test_any_answer_is_a_message_that_slack_takes(text: str, count: int, title: str, language: str) -> None:
    blocks = [markdown(parts_of(text, MARKDOWN)[0]), *below(answer(text, count, title), language)]
    assert check_message({"text": "x", "blocks": blocks}) == []
    assert check_blocks(blocks, Surface.MESSAGE) == []


@settings(deadline=None)
@given(st.text(max_size=40_000))
def test_what_only_one_person_sees_comes_whole_however_long_it_is(text: str) -> None:
    under = below(answer(text, 1, "t"), "en")
    messages = private_messages("Only you & <you> see this.", text, under)
    assert all(check_message({"text": "x", "blocks": blocks}) == [] for blocks in messages)
    told = [block["text"] for blocks in messages for block in blocks if block["type"] == "markdown"]
    assert told == [markdown(part)["text"] for part in parts_of(text)]
    assert messages[0][0]["text"]["text"] == "Only you &amp; &lt;you&gt; see this."
    assert messages[-1][-len(under) :] == under


@pytest.mark.parametrize("text", ["<!channel> look", "<@U1>", "<#C1|x>", "a <!here|x> b"])
def test_an_answer_calls_nobody(text: str) -> None:
    assert "<!" not in safe_markdown(text)
    assert "<@" not in safe_markdown(text)
    assert "<#" not in safe_markdown(text)
    assert safe_markdown(text).replace("\u200b", "") == text


def test_a_title_cannot_forge_a_link_or_a_mention() -> None:
    told = str(below(answer("x", 1, "<https://evil.example|here> <!channel>"), "en"))
    assert "<https://evil" not in told
    assert "<!channel>" not in told
