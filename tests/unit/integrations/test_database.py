from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from assistant.errors import StorageError, WriterBusy
from integrations import indexes, records
from integrations.records.database import open_engine, writing
from integrations.records.schema import MIGRATIONS, migrate, version

HOLD = """
import sys, time
from pathlib import Path
from integrations.records.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_commit_survives_a_crash_of_the_machine(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "content.sqlite3")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    engine.dispose()


def test_an_older_database_is_brought_forward_once(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "content.sqlite3")

    def add_column(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE documents ADD COLUMN reviewed TEXT"))

    for _ in range(2):
        with writing(engine) as connection:
            migrate(connection, (*MIGRATIONS, add_column))
            assert version(connection) == len(MIGRATIONS) + 1
    engine.dispose()


def test_a_failed_migration_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "content.sqlite3")

    def half(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE documents ADD COLUMN reviewed TEXT"))
        connection.execute(text("ALTER TABLE nowhere ADD COLUMN reviewed TEXT"))

    with pytest.raises(StorageError, match="nowhere"), writing(engine) as connection:
        migrate(connection, (*MIGRATIONS, half))
    with engine.connect() as connection:
        assert version(connection) == len(MIGRATIONS)
        assert "reviewed" not in [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(documents)")]
    engine.dispose()


def test_a_database_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "content.sqlite3")
    with writing(engine) as connection:
        connection.execute(text("UPDATE meta SET value = '99' WHERE key = 'schema'"))
    engine.dispose()
    with pytest.raises(StorageError, match="version 99") as refused:
        records.open_content(tmp_path)
    assert "newer release" in refused.value.hint


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "content.sqlite3").write_text("This is not a database, it is a letter. " * 50)
    with pytest.raises(StorageError, match="not a database"):
        records.open_content(tmp_path)


def test_a_data_directory_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        records.open_content(tmp_path / "file" / "data")


def test_a_writer_in_another_process_is_refused_soon_and_by_name_and_freed_by_its_death(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        started = time.monotonic()
        with pytest.raises(WriterBusy, match=rf"Process {holder.pid} on .* \(since "):
            records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path)).__enter__()
        assert time.monotonic() - started < 2
    finally:
        holder.kill()
        holder.communicate()
    with records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path)) as writer:
        assert writer.quarantined() == []
        assert json.loads((tmp_path / "writer.json").read_text())["pid"] == os.getpid()
