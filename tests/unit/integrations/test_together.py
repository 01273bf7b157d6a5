"""Questions that are embedded together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from assistant.ports.embedder import Matrix, Vector
from integrations.together import MOST_TOGETHER, Together


class Counting:
    """Embeds a text as its length, and waits for a sign before the first batch."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.go, self.begun = threading.Event(), threading.Event()

    def __call__(self, texts: Sequence[str]) -> Matrix:
        self.batches.append(list(texts))
        self.begun.set()
        assert self.go.wait(30)
        if "bad" in texts:
            raise ValueError("bad")
        return np.array([[float(len(text))] for text in texts], dtype=np.float32)


async def begun(embed: Counting) -> None:
    assert await asyncio.to_thread(embed.begun.wait, 30)


async def test_those_who_wait_share_a_batch_and_each_gets_its_own_vector() -> None:
    embed = Counting()
    together = Together[str, Vector](embed, name="test")
    first = asyncio.create_task(together.one("a"))
    await begun(embed)
    rest = [asyncio.create_task(together.one("b" * n)) for n in range(1, 40)]
    await asyncio.sleep(0)
    embed.go.set()
    assert [float(vector[0]) for vector in await asyncio.gather(first, *rest)] == [
        1.0,
        *(float(n) for n in range(1, 40)),
    ]
    assert [len(batch) for batch in embed.batches] == [1, MOST_TOGETHER, MOST_TOGETHER, 39 - 2 * MOST_TOGETHER]


async def test_an_error_reaches_everybody_of_its_batch_and_nobody_after_it() -> None:
    embed = Counting()
    embed.go.set()
    together = Together[str, Vector](embed, name="test")
    with pytest.raises(ValueError, match="bad"):
        await together.one("bad")
    assert float((await together.one("good"))[0]) == 4.0


async def test_who_gives_up_is_not_embedded() -> None:
    embed = Counting()
    together = Together[str, Vector](embed, name="test")
    first = asyncio.create_task(together.one("a"))
    await begun(embed)
    gone, stays = asyncio.create_task(together.one("gone")), asyncio.create_task(together.one("stays"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    embed.go.set()
    await asyncio.gather(first, stays)
    assert embed.batches == [["a"], ["stays"]]
