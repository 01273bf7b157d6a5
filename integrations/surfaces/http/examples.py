"""The examples of the API's description: answers to questions about the sample programme, as the server gives them."""

from __future__ import annotations

from typing import Any

ANSWER_EXAMPLE: dict[str, Any] = {}
STREAM_EXAMPLE = ""
