"""The ideal model, on the loopback interface in the dialect of OpenAI: it wants what the person meant.

It calls the tools of its orders one after the other as far as they are offered, and asks for what their answers name as
missing. It never sees the table that its deeds are scored by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import regex

from assistant.agents.wording import question
from evals.ideal.form import slot_of
from evals.loopback import listening
from evals.red_team.malicious_model import Handler, Planned

PROBLEM = regex.compile(r"^- ([\w.\[\]]+): ", regex.MULTILINE)
REFUSED = "Not done"
SORRY = "I cannot do that."


@dataclass(slots=True)
class IdealModel:
    """What is wanted in this turn, and the language of the person."""

    orders: tuple[Planned, ...] = ()
    language: str = "en"
    last_words: str = SORRY

    def want(self, orders: Sequence[Planned], *, language: str, last_words: str = SORRY) -> None:
        """Begin a turn."""
        self.orders, self.language, self.last_words = tuple(orders), language, last_words

    def reply(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The next message: a call, a question for what tools found missing, or the last words."""
        messages = request["messages"]
        asked = max((place for place, said in enumerate(messages) if said["role"] == "user"), default=0)
        since = messages[asked:]
        offered = {tool["function"]["name"] for tool in request.get("tools", ())}
        orders = [order for order in self.orders if order.tool in offered]
        called = [call["function"]["name"] for said in since for call in said.get("tool_calls") or ()]
        if len(called) < len(orders):
            order = orders[len(called)]
            function = {"name": order.tool, "arguments": order.arguments}
            call = {"id": f"call-{len(messages)}", "type": "function", "function": function}
            return {"role": "assistant", "content": None, "tool_calls": [call]}
        told = [str(said["content"]) for said in since if said["role"] == "tool"]
        lines = [self._asking(tool, text) for tool, text in zip(called, told, strict=False) if text.startswith(REFUSED)]
        return {"role": "assistant", "content": "\n".join(lines) or self.last_words}

    def _asking(self, tool: str, text: str) -> str:
        slots = [slot_of(tool, field) for field in dict.fromkeys(PROBLEM.findall(text))]
        return question(slots, self.language) if slots else SORRY


def order(tool: str, arguments: Mapping[str, object]) -> Planned:
    """A call that is wanted; empty values are left out."""
    told = {name: value for name, value in arguments.items() if value not in ("", None, [], ())}
    return Planned(tool, json.dumps(told, ensure_ascii=False))


@contextmanager
def serving() -> Iterator[tuple[str, IdealModel]]:
    """The base URL of the model and the model, for as long as the context lasts."""
    model = IdealModel()
    with listening(type("Ideal", (Handler,), {"script": model, "protocol_version": "HTTP/1.0"})) as url:
        yield f"{url}/v1", model
