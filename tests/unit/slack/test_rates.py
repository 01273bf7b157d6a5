"""A busy workspace under Slack's rates and its end of streams, on a virtual clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.surfaces.slack import streaming
from tests.slack.rates import held, run


def test_a_minute_of_sixty_questions_loses_and_blocks_nothing(shared: Path) -> None:
    result = run(shared, minutes=1, per_minute=60)
    assert held(result), result
    assert result["questions"] == 60
    assert result["streamed"] >= 15
    assert result["as one message"] >= 15, "Slack has no room to stream them all"


def test_a_stream_that_is_kept_too_long_is_completed_all_the_same(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "STREAM_SECONDS", 10_000.0)
    result = run(shared, minutes=1, per_minute=20)
    assert result["streams that Slack had ended"] > 0
    assert held(result), result
