"""The examples of the API's description: a real answer about the sample programme, whole and as a stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ANSWER_EXAMPLE: dict[str, Any] = json.loads(Path(__file__).with_name("answer.json").read_text(encoding="utf-8"))


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


STREAM_EXAMPLE = (
    _event("started", {"language": ANSWER_EXAMPLE["language"], "generation": ANSWER_EXAMPLE["generation"]})
    + _event(
        "sentence",
        {
            "sentence": ANSWER_EXAMPLE["sentences"][0],
            "markdown": ANSWER_EXAMPLE["sentences"][0]["text"],
            "citations": [{"number": 1, "citation": ANSWER_EXAMPLE["citations"][0]}],
        },
    )
    + _event("answer", ANSWER_EXAMPLE)
)
