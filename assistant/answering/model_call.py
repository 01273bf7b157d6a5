"""One streamed call of a language model: its text piece by piece, what it took, and why it failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from assistant.domain.answer import Fallback

CHARACTERS_PER_TOKEN = 4  # where a server does not tell what it used
TOO_MANY, FILTERED = 429, {"content_filter", "refusal"}


@dataclass(slots=True)
class Tally:
    """What the model calls of one question took. `estimated` when a server did not tell."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False


class ModelFailed(Exception):
    """A model call ended without a usable answer, for this reason. Never leaves answering."""

    def __init__(self, reason: Fallback) -> None:
        super().__init__(reason)
        self.reason = reason


async def spoken(
    model: BaseChatModel, messages: Sequence[BaseMessage], *, deadline: float, tally: Tally
) -> AsyncGenerator[str]:
    """The pieces of text as they come, until `deadline` (monotonic seconds). Raises ModelFailed, nothing else."""
    tally.calls += 1
    stream = model.astream(list(messages))
    known, sent = False, 0
    try:
        while True:
            try:
                piece = await asyncio.wait_for(anext(stream), max(deadline - time.monotonic(), 0.001))
            except StopAsyncIteration:
                break
            if (usage := piece.usage_metadata) is not None:
                known = True
                tally.input_tokens += usage["input_tokens"]
                tally.output_tokens += usage["output_tokens"]
            _raise_if_refused(piece)
            text = _text(piece.content)
            sent += len(text)
            yield text
    except ModelFailed:
        raise
    except Exception as error:  # whatever a provider raises, the question is answered without it
        raise ModelFailed(failure_of(error)) from error
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()
        if not known:
            tally.estimated = True
            tally.input_tokens += sum(len(_text(m.content)) for m in messages) // CHARACTERS_PER_TOKEN
            tally.output_tokens += -(-sent // CHARACTERS_PER_TOKEN)


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
