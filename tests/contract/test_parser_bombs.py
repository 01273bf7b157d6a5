from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Self

import psutil
import pytest

from assistant.errors import UnreadableDocument
from ingest.readers import read
from ingest.sandbox import MEGABYTE, Limits, ParserSandbox
from tests.contract.bombs import HOSTILE, encrypted_pdf, paged_pdf, valid

WALL = 60.0  # the limit of 20 and what a busy machine takes to keep it
RESIDENT = 512 * MEGABYTE


class Meter:
    """The most resident memory of a sandbox's child, sampled from outside, and the growth of this process."""

    def __init__(self, sandbox: ParserSandbox) -> None:
        self.sandbox = sandbox
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(0.01):
            self._look()

    def _look(self) -> None:
        pid = self.sandbox.pid
        with contextlib.suppress(psutil.NoSuchProcess):  # it may be killed at any moment
            self.peak = max(self.peak, psutil.Process(pid).memory_info().rss if pid else 0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ParserSandbox]:
    with ParserSandbox() as box:
        yield box


def verdict(data: bytes, name: str, sandbox: ParserSandbox) -> str:
    try:
        document = read(data, name, sandbox=sandbox)
    except UnreadableDocument as error:
        return error.reason if error.hint else "no hint"
    assert document.sections
    return "read"


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_ends_in_time_and_memory_with_a_verdict_and_the_next_is_read(
    case: str, sandbox: ParserSandbox
) -> None:
    name, make, expected = HOSTILE[case]
    data = make()
    read(valid("docx"), "before.docx", sandbox=sandbox)
    with Meter(sandbox) as meter:
        started = time.monotonic()
        reason = verdict(data, name, sandbox)
        seconds = time.monotonic() - started
    print(f"{case}: {len(data):,} bytes, {reason}, {seconds:.1f} s, child peak {meter.peak / MEGABYTE:.0f} MB")  # noqa: T201
    assert reason in expected
    assert seconds < WALL
    assert 0 < meter.peak < RESIDENT
    assert read(valid("docx"), "after.docx", sandbox=sandbox).title == "Tiers"


def test_a_bomb_does_not_grow_the_process_that_asked(sandbox: ParserSandbox) -> None:
    data = HOSTILE["a tree beyond memory"][1]()
    before = psutil.Process().memory_info().rss
    verdict(data, "a.docx", sandbox)
    assert psutil.Process().memory_info().rss - before < 50 * MEGABYTE


def test_a_pdf_of_five_hundred_pages_is_read_whole(sandbox: ParserSandbox) -> None:
    document = read(paged_pdf(500), "agreement.pdf", sandbox=sandbox)
    assert len(document.sections) == 500
    assert "Clause 317 of the agreement" in document.sections[316].text
    assert str(document.sections[316].locator) == "page 317"


def test_a_pdf_that_opens_without_a_password_is_read(sandbox: ParserSandbox) -> None:
    assert "Clause 1" in read(encrypted_pdf(""), "a.pdf", sandbox=sandbox).sections[0].text


def test_a_parser_that_runs_out_of_time_is_named_and_the_next_file_is_read() -> None:
    with ParserSandbox(limits=Limits(cpu_seconds=1, wall_seconds=20)) as sandbox:
        with pytest.raises(UnreadableDocument) as caught:
            read(HOSTILE["a tree beyond memory"][1](), "slow.docx", sandbox=sandbox)
        assert caught.value.reason in {"parser_timeout", "parser_memory"}
        assert read(valid("docx"), "after.docx", sandbox=sandbox).title == "Tiers"
