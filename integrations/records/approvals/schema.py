"""The tables of approvals and the audit log."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text, inspect, select

from assistant.errors import StorageError

VERSION = 1
metadata = MetaData()

about = Table("approval_meta", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("approval", Text, nullable=False),
    Index("approvals_by_state", "state", "tenant"),
    Index("approvals_by_thread", "tenant", "thread"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)


def version(connection: Connection) -> int:
    """The version of the tables; 0 when there are none. Raises StorageError for a later one."""
    if not inspect(connection).has_table(about.name):
        return 0
    found = connection.execute(select(about.c.version)).scalar_one()
    if found > VERSION:
        raise StorageError("The approvals were written by a later version of Liaison.", hint="Update Liaison.")
    return int(found)


def migrate(connection: Connection) -> None:
    """Bring the tables to the present version."""
    if version(connection) == 0:
        metadata.create_all(connection)
        connection.execute(about.insert().values(version=VERSION))
