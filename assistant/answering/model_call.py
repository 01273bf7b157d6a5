"""One streamed call of a language model: its text piece by piece, what it took, and why it failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from assistant.answering.steps import ModelStep, Timing
from assistant.domain.answer import Fallback

CHARACTERS_PER_TOKEN = 4  # where a server does not tell what it used
TOO_MANY, FILTERED = 429, {"content_filter", "refusal"}


@dataclass(slots=True)
class Tally:
    """What the model calls of one question took, altogether and one by one. `estimated` when a server did not tell."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False
    steps: list[ModelStep] = field(default_factory=list)


class ModelFailed(Exception):
    """A model call ended without a usable answer, for this reason. Never leaves answering."""

    def __init__(self, reason: Fallback) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class _Call:
    """A call on its way, for its step."""

    began: float = field(default_factory=time.time)
    started: float = field(default_factory=time.monotonic)
    first_words: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    known: bool = False
    sent: int = 0
    failure: Fallback | None = None

    def heard(self, piece: BaseMessage) -> str:
        """The text of a piece. Raises ModelFailed when it is a refusal."""
        if self.first_words is None:
            self.first_words = time.monotonic() - self.started
        if (usage := getattr(piece, "usage_metadata", None)) is not None:
            self.known = True
            self.input_tokens += usage["input_tokens"]
            self.output_tokens += usage["output_tokens"]
        _raise_if_refused(piece)
        text = _text(piece.content)
        self.sent += len(text)
        return text

    def ended(self, messages: Sequence[BaseMessage], tally: Tally) -> None:
        """Count it; tokens are estimated where the server did not tell."""
        if not self.known:
            tally.estimated = True
            self.input_tokens = sum(len(_text(m.content)) for m in messages) // CHARACTERS_PER_TOKEN
            self.output_tokens = -(-self.sent // CHARACTERS_PER_TOKEN)
        tally.input_tokens += self.input_tokens
        tally.output_tokens += self.output_tokens
        timing = Timing(self.began, time.monotonic() - self.started)
        tally.steps.append(
            ModelStep(timing, self.input_tokens, self.output_tokens, self.first_words, failure=self.failure)
        )


async def spoken(
    model: Runnable[LanguageModelInput, AIMessage],
    messages: Sequence[BaseMessage],
    *,
    deadline: float,
    tally: Tally,
    patience: float = float("inf"),
) -> AsyncGenerator[str]:
    """The pieces of text as they come, until `deadline` (monotonic seconds). Raises ModelFailed, nothing else.

    `patience` is how many seconds the model may take until it begins to speak.
    """
    tally.calls += 1
    stream, call = model.astream(list(messages)), _Call()
    try:
        while True:
            until = deadline if call.first_words is not None else min(deadline, call.started + patience)
            try:
                piece = await asyncio.wait_for(anext(stream), max(until - time.monotonic(), 0.001))
            except StopAsyncIteration:
                break
            yield call.heard(piece)
    except ModelFailed as failed:
        call.failure = failed.reason
        raise
    except Exception as error:  # whatever a provider raises, the question is answered without it
        call.failure = failure_of(error)
        raise ModelFailed(call.failure) from error
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()
        call.ended(messages, tally)


def failure_of(error: BaseException) -> Fallback:
    """The reason behind an exception of a provider's client, told by its status, or else by its name."""
    name = type(error).__name__
    if isinstance(error, TimeoutError) or "Timeout" in name:
        return Fallback.TIMEOUT
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    if status == TOO_MANY or "RateLimit" in name:
        return Fallback.RATE_LIMITED
    if "ContentFilter" in name:
        return Fallback.REFUSED
    if status is None and isinstance(error, ValueError | TypeError | KeyError | AttributeError | IndexError):
        return Fallback.MALFORMED
    return Fallback.UNAVAILABLE


def _raise_if_refused(piece: BaseMessage) -> None:
    filtered = str(piece.response_metadata.get("finish_reason", "")) in FILTERED
    if filtered or piece.additional_kwargs.get("refusal"):
        raise ModelFailed(Fallback.REFUSED)


def _text(content: Any) -> str:  # noqa: ANN401 - a message's content is text or a list of typed parts
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)
