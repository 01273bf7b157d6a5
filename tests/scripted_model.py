"""A language model by script, on the loopback interface, in the dialect of OpenAI's chat completions.

It reads the numbered passages from the request as a model would and answers in one of several modes. What it makes up
is written apart from the verifier: it shares no code and no word list with it. `Told` says of every sentence it sent
whether it was made up, and how.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from typing import Any

from evals.loopback import listening
from tests.scripted_lies import LIES, Source

PASSAGE = re.compile(r"^\[(\d+)\] (.*)\n((?:(?!^\[\d+\] ).*\n?)*)", re.MULTILINE)
FENCED = re.compile(r"<(passages-[0-9a-f]+)>\n(.*)\n</\1>", re.DOTALL)
SENTENCE = re.compile(r"(?<=[.!?。])\s+(?=[A-ZÀ-Þ0-9“\"])|\n+")
MARKUP = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`#>|]+|^\s*[-+]\s+|^\s*\d+\.\s+")
INJECTED = re.compile(
    r"(?:ignore|disregard|instead|system)[^.]*?(?:say|answer|reply|write|output)s?:?\s+\"?([^\"\n]+)", re.I
)


class Mode(StrEnum):
    """How the model behaves."""

    TRUTHFUL = "truthful"
    HALLUCINATING = "hallucinating"
    MALFORMED = "malformed"
    EMPTY = "empty"
    REFUSING = "refusing"
    LIMITED = "429"
    BROKEN = "500"
    SLOW = "slow"
    HALF = "half"
    STALLING = "stalling"
    GARBAGE = "garbage"
    WRONG_SCHEMA = "wrong_schema"
    HUGE = "huge"
    ENDLESS = "endless"
    OBEDIENT = "obedient"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that was sent; `lie` is the kind of what was made up, "" for a true one."""

    text: str
    lie: str = ""


@dataclass(slots=True)
class Script:
    """What the server does next, and what it did. `replies` are told first, as they are, one a request."""

    mode: Mode = Mode.TRUTHFUL
    seed: int = 5
    share: float = 0.3
    most: int = 6
    delay: float = 0.0
    replies: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: dict[str, Any]) -> str:
        """The whole text of an answer; keeps what was told."""
        prompt = "\n".join(str(message["content"]) for message in request["messages"])
        if self.replies:
            return self.replies.pop(0)
        fixed = {Mode.MALFORMED: '{"answer": [[', Mode.EMPTY: "", Mode.NOT_FOUND: "NOT_FOUND"}
        fixed[Mode.REFUSING] = "I'm sorry, but I can't help with that request."
        if self.mode in fixed:
            return fixed[self.mode]
        if self.mode is Mode.ENDLESS:
            return "The offer goes on and on without any end. " * 20_000
        if self.mode is Mode.HUGE:
            return "x" * 10_000_000
        sources = passages(prompt)
        if self.mode is Mode.OBEDIENT and (found := INJECTED.search(" ".join(s.text for s in sources))):
            return f"{found.group(1)} [1]"
        return self._sentences(sources)

    def _sentences(self, sources: list[Source]) -> str:
        chance = random.Random(f"{self.seed}:{sources[0].text if sources else ''}")
        true = [(s, sentence) for s in sources for sentence in s.sentences][: self.most]
        pieces = []
        for source, sentence in true:
            told, number = Told(sentence), source.number
            if self.mode is Mode.HALLUCINATING and chance.random() < self.share:
                told, number = _lied(sentence, source, sources, chance)
            self.told.append(told)
            pieces.append(f"{told.text} [{number}]")
        return " ".join(pieces)


def _lied(sentence: str, source: Source, sources: list[Source], chance: random.Random) -> tuple[Told, int]:
    """The sentence made false in one of the ways that can be, and the passage number it is told with."""
    kinds = list(LIES)
    chance.shuffle(kinds)
    for kind in kinds:
        if (made := LIES[kind](sentence, source, sources, chance)) is not None:
            return Told(made[0], kind), made[1]
    return Told(sentence), source.number


def passages(prompt: str) -> list[Source]:
    """The numbered passages of a prompt with their sentences."""
    fenced = FENCED.search(prompt)
    found = []
    for match in PASSAGE.finditer(fenced.group(2) + "\n" if fenced else ""):
        text = match.group(3).strip()
        cut = (MARKUP.sub(lambda m: m.group(1) or "", part).strip() for part in SENTENCE.split(text))
        sentences = [part for part in cut if 6 <= len(part.split()) <= 40 and part[-1] in ".!。"]
        found.append(Source(int(match.group(1)), text, tuple(sentences)))
    return found


class Handler(BaseHTTPRequestHandler):
    """Answers POST /v1/chat/completions, streamed or whole."""

    script: Script

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        request = json.loads(self.rfile.read(length))
        self.script.requests.append(request)
        if self.script.mode in {Mode.LIMITED, Mode.BROKEN}:
            self._fail(int(self.script.mode))
            return
        if self.script.mode is Mode.SLOW:
            time.sleep(self.script.delay)
        text = self.script.answer(request)
        try:
            (self._stream if request.get("stream") else self._whole)(text, request)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had enough

    def _fail(self, status: int) -> None:
        self._send(status, {"error": {"message": f"scripted {status}", "type": "scripted", "code": str(status)}})

    def _whole(self, text: str, request: dict[str, Any]) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        self._send(200, {**_head(request, "chat.completion"), "choices": [choice], "usage": _usage(request, text)})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, text: str, request: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        head = _head(request, "chat.completion.chunk")
        if self.script.mode is Mode.GARBAGE:
            self.wfile.write(bytes(range(256)) * 64)
            return
        if self.script.mode is Mode.WRONG_SCHEMA:
            self.wfile.write(b'data: {"result": {"reply": ["yes"]}}\n\ndata: [DONE]\n\n')
            return
        pieces = re.findall(r"\S+\s*", text) or [""]
        for place, piece in enumerate(pieces):
            if self.script.mode is Mode.STALLING and place > len(pieces) // 2:
                self.wfile.flush()
                time.sleep(self.script.delay)
            if self.script.mode is Mode.HALF and place > len(pieces) // 2:
                self.close_connection = True
                return
            self._event({**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}}]})
        self._event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._event({**head, "choices": [], "usage": _usage(request, text)})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, body: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(body).encode() + b"\n\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of the standard library
        """Say nothing."""


def _head(request: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "scripted", "object": kind, "created": 0, "model": request.get("model", "scripted")}


def _usage(request: dict[str, Any], text: str) -> dict[str, int]:
    sent = sum(len(str(message["content"]).split()) for message in request["messages"])
    said = len(text.split())
    return {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said}


@contextmanager
def scripted_model(script: Script) -> Iterator[str]:
    """The base URL of a server that follows the script, for as long as the context lasts."""
    with listening(type("ScriptedHandler", (Handler,), {"script": script})) as url:
        yield f"{url}/v1"
