"""Kills a process that writes to a PRM before each line of the write path, one line after the other."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import cache, partial
from types import CodeType, FrameType
from typing import Any

from evals.prm_writes import Done, Side, written

Close = Callable[[], None]
WRITE_PATH = ("integrations/prm/", "sqlalchemy/engine/base.py")


def kills(close: Close, side: Side, done: Done, *, every: int, path: tuple[str, ...] = WRITE_PATH) -> int:
    """Kill before each n-th line and do the same again to the end, until a run ends unharmed; how many were killed.

    The numbers of the runs go on after those in `done`.
    """
    start, runs = len(done.deals), 0
    with one_thread():
        asyncio.run(written(side, start, done))  # fills what is made once, so that it is no part of the path
        while killed(close, partial(written, side, start + runs + 1), line=1 + runs * every, path=path):
            runs += 1
            asyncio.run(written(side, start + runs, done))
        asyncio.run(written(side, start + runs + 1, done))
    return runs


def killed(close: Close, work: Callable[[], Coroutine[Any, Any, None]], *, line: int, path: tuple[str, ...]) -> bool:
    """Do it in a child that is killed before the n-th line of the write path; whether it was.

    A child has what its parent has imported and opened, but no connection of it: `close` closes those before.
    """
    close()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            sys.settrace(killer(line, path))
            asyncio.run(work())
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError(f"the child that should die before line {line} failed")
    return os.WIFSIGNALED(status)


def killer(line: int, path: tuple[str, ...]) -> Callable[[FrameType, str, object], Any]:
    """A trace that ends this process before the n-th line of the write path."""
    left = line

    @cache
    def on_path(code: CodeType) -> bool:
        return any(part in code.co_filename for part in path)

    def trace(frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - what settrace wants
        nonlocal left
        if not on_path(frame.f_code):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


@contextmanager
def one_thread() -> Iterator[None]:
    """Work meant for other threads is done on this one, so that the trace sees it and a fork leaves none behind."""

    async def in_place(work: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - stands in for to_thread
        return work(*arguments, **named)

    usual, asyncio.to_thread = asyncio.to_thread, in_place  # type: ignore[assignment]
    try:
        yield
    finally:
        asyncio.to_thread = usual
