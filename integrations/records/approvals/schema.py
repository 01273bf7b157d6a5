"""The tables of approvals and the audit log."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, Table, Text

from integrations.records.migrations import Migrations

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


MIGRATIONS = Migrations((metadata.create_all,), about.c.version)
