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

TURN_STREAM_EXAMPLE = (
    "id: b2a7c1:0\n"
    + _event("status", {"status": "reading"})
    + "id: b2a7c1:1\n"
    + _event("status", {"tool": "search_content"})
    + "id: b2a7c1:2\n"
    + _event("citation", {"number": 1, "citation": ANSWER_EXAMPLE["citations"][0]})
    + "id: b2a7c1:3\n"
    + _event("sentence", {"text": f"{ANSWER_EXAMPLE['sentences'][0]['text']} [1]"})
    + "id: b2a7c1:4\n"
    + _event("done", {"reply": f"{ANSWER_EXAMPLE['sentences'][0]['text']} [1]", "waits": ""})
)
