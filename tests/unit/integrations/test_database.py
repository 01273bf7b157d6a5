from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text, update

from assistant.errors import StorageError, WriterBusy
from integrations import indexes, records
from integrations.records.approvals import schema as approvals
from integrations.records.conversations import schema as conversations
from integrations.records.database import open_engine, writing
from integrations.records.migrations import Migrations, Step
from integrations.records.schema import MIGRATIONS
from integrations.records.slack import schema as slack

HOLD = """
import sys
from pathlib import Path
from integrations.records.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def after(step: Step) -> Migrations:
    """The migrations of a release that has one step more."""
    return replace(MIGRATIONS, steps=(*MIGRATIONS.steps, step))


def test_a_commit_survives_a_crash_of_the_machine(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "content.sqlite3", MIGRATIONS)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    engine.dispose()


def test_an_older_database_is_brought_forward_once(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "content.sqlite3", MIGRATIONS)

    def add_column(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE documents ADD COLUMN reviewed TEXT"))

    next_release = after(add_column)
    for _ in range(2):
        with writing(engine) as connection:
            next_release.migrate(connection)
            assert next_release.current(connection)
    engine.dispose()


def test_a_failed_migration_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "content.sqlite3", MIGRATIONS)

    def half(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE documents ADD COLUMN reviewed TEXT"))
        connection.execute(text("ALTER TABLE nowhere ADD COLUMN reviewed TEXT"))

    with pytest.raises(StorageError, match="nowhere"), writing(engine) as connection:
        after(half).migrate(connection)
    with engine.connect() as connection:
        assert MIGRATIONS.current(connection)
        assert "reviewed" not in [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(documents)")]
    engine.dispose()


KINDS = {
    "content": MIGRATIONS,
    "conversations": conversations.MIGRATIONS,
    "approvals": approvals.MIGRATIONS,
    "slack": slack.MIGRATIONS,
}


@pytest.mark.parametrize("kind", KINDS)
def test_tables_of_a_newer_release_are_refused_and_left_as_they_are(tmp_path: Path, kind: str) -> None:
    migrations, place = KINDS[kind], tmp_path / "records.sqlite3"
    engine = open_engine(place, migrations)
    with writing(engine) as connection:
        connection.execute(update(migrations.column.table).values({migrations.column.name: "99"}))
    engine.dispose()
    with pytest.raises(StorageError, match="version 99") as refused:
        open_engine(place, migrations)
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
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WriterBusy, match=rf"Process {holder.pid} on .* \(since "):
            records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path)).__enter__()
        assert holder.poll() is None
    finally:
        holder.kill()
        holder.communicate()
    with records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path)) as writer:
        assert writer.quarantined() == []
        assert json.loads((tmp_path / "writer.json").read_text())["pid"] == os.getpid()
