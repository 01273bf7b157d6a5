"""What the agent's checkpointers promise, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint, empty_checkpoint

from assistant.errors import StorageError
from integrations.records.checkpoints import FILE, open_checkpoints
from tests.servers import fresh_database

Saver = BaseCheckpointSaver[Any]
NOTES = (
    "Please register Orrin Mills Ltd, Leeds, United Kingdom, Skerrow Keep, 65,000 GBP, closing 15 March 2027, "
    "it@orrin-mills.example. They cannot restore deleted data after an attack."
)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database; none for SQLite, which has a file of its own."""
    if request.param == "sqlite":
        yield ""
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        yield url


async def kept(saver: Saver, thread: str, text: str) -> None:
    """Keep a checkpoint whose conversation is one message."""
    checkpoint: Checkpoint = {
        **empty_checkpoint(),
        "channel_values": {"messages": [HumanMessage(text, id=text)]},
        "channel_versions": {"messages": text},
    }
    config: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    made = await saver.aput(config, checkpoint, {"source": "loop", "step": 1}, {"messages": text})
    await saver.aput_writes(made, [("messages", [HumanMessage("next")])], "task")


async def said(saver: Saver, thread: str) -> list[str]:
    """The newest checkpoint's conversation."""
    found = await saver.aget_tuple({"configurable": {"thread_id": thread}})
    return [message.content for message in found.checkpoint["channel_values"]["messages"]] if found else []


async def test_the_newest_checkpoint_is_there_when_it_is_opened_again(tmp_path: Path, database: str) -> None:
    async with open_checkpoints(tmp_path, url=database) as saver:
        await kept(saver, "t1", "1")
        await kept(saver, "t1", "2")
        await kept(saver, "t2", "other")
    async with open_checkpoints(tmp_path, url=database) as saver:
        assert await said(saver, "t1") == ["2"]
        assert len([each async for each in saver.alist({"configurable": {"thread_id": "t1"}})]) == 2


async def test_a_thread_that_is_dropped_leaves_the_others(tmp_path: Path, database: str) -> None:
    async with open_checkpoints(tmp_path, url=database) as saver:
        await kept(saver, "t1", "1")
        await kept(saver, "t2", "other")
        await saver.adelete_thread("t1")
        assert (await said(saver, "t1"), await said(saver, "t2")) == ([], ["other"])


async def test_on_sqlite_what_came_before_the_newest_can_be_dropped(tmp_path: Path) -> None:
    async with open_checkpoints(tmp_path) as saver:
        for text in "123":
            await kept(saver, "t1", text)
        await saver.aprune(["t1"])
        assert await said(saver, "t1") == ["3"]
        assert len([each async for each in saver.alist({"configurable": {"thread_id": "t1"}})]) == 1


async def test_a_file_that_is_no_database_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("not a database " * 100)
    with pytest.raises(StorageError, match="checkpoints cannot be opened"):
        async with open_checkpoints(tmp_path):
            pytest.fail("it was opened")


def test_on_postgresql_a_conversation_goes_on_in_another_process(tmp_path: Path, postgres: str) -> None:
    with fresh_database(postgres) as url:

        def reply(text: str) -> str:
            command = [sys.executable, "-m", "tests.contract.talking", str(tmp_path), url, text]
            return subprocess.run(command, check=True, capture_output=True, text=True, timeout=600).stdout

        assert "Shall I submit this?" in reply(NOTES)
        assert "Done: deal-" in reply("yes")


async def test_on_sqlite_a_call_waits_for_a_file_that_another_process_writes(tmp_path: Path) -> None:
    async with open_checkpoints(tmp_path) as saver:
        await kept(saver, "t1", "1")
        with sqlite3.connect(tmp_path / FILE, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            both = asyncio.gather(kept(saver, "t1", "2"), kept(saver, "t2", "other"))
            done, waiting = await asyncio.wait({both}, timeout=0.3)
            assert not done
            assert waiting  # and the loop has run on meanwhile
            other.execute("COMMIT")
            await both
        other.close()
        assert (await said(saver, "t1"), await said(saver, "t2")) == (["2"], ["other"])
