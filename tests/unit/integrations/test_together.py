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


async def test_an_error_reaches_who_caused_it_and_nobody_beside_or_after_it() -> None:
    embed = Counting()
    together = Together[str, Vector](embed, name="test")
    first = asyncio.create_task(together.one("a"))
    await begun(embed)
    beside = [asyncio.create_task(together.one(text)) for text in ("good", "bad", "b")]
    await asyncio.sleep(0)
    embed.go.set()
    good, bad, short = await asyncio.gather(*beside, return_exceptions=True)
    assert isinstance(bad, ValueError)
    assert [float(good[0]), float(short[0])] == [4.0, 1.0]  # type: ignore[index]  # vectors, as nothing was wrong
    assert float((await first)[0]) == 1.0
    assert float((await together.one("after"))[0]) == 5.0


async def test_work_that_gives_too_little_is_an_error_and_does_not_leave_anybody_waiting() -> None:
    together = Together[str, Vector](lambda _: [], name="test")
    with pytest.raises(ValueError, match="shorter"):
        await asyncio.wait_for(together.one("a"), 30)


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
