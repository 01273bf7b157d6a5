from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.errors import StorageError
from integrations.records import database
from integrations.records.database import connect, writing


def test_threads_that_write_at_once_take_turns_and_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    engine = connect(tmp_path / "turns.sqlite3")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE written (number INTEGER)"))

    def write(number: int) -> None:
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO written VALUES (:number)"), {"number": number})
            time.sleep(0.03)  # longer than SQLite waits here

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(16)))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM written")) == 16
    engine.dispose()


def test_a_turn_ends_with_its_transaction_also_when_that_fails(tmp_path: Path) -> None:
    engine = connect(tmp_path / "turns.sqlite3")
    with pytest.raises(StorageError), writing(engine) as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    with ThreadPoolExecutor(1) as threads:

        def write() -> None:
            with writing(engine) as connection:
                connection.execute(text("CREATE TABLE written (number INTEGER)"))

        threads.submit(write).result(timeout=60)
    engine.dispose()
