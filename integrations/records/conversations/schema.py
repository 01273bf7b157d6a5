"""The tables of conversations, asked questions, ratings and gaps, and how they get to the present version."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    text,
)

from integrations.records.migrations import Migrations

metadata = MetaData()

about = Table("conversation_meta", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

threads = Table(
    "threads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("shared", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
    UniqueConstraint("owner", "name"),
)

turns = Table(
    "turns",
    metadata,
    Column("thread_id", Text, ForeignKey("threads.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("resolution", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("viewer", Text, nullable=False),
    Column("key", Text, nullable=False, server_default=""),
)

KEYED = turns.c.key != ""
ONE_EACH = Index(
    "turns_by_key", turns.c.thread_id, turns.c.key, unique=True, sqlite_where=KEYED, postgresql_where=KEYED
)

turn_documents = Table(
    "turn_documents",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("document_id", Text, primary_key=True),
    ForeignKeyConstraint(["thread_id", "position"], ["turns.thread_id", "turns.position"]),
    Index("turn_documents_by_document", "document_id"),
)

asked = Table(
    "asked",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("answer_id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("asker", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("nearest", Text, nullable=False),
    Column("first_at", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("signals", Integer, nullable=False),
    Column("gap_id", Text, nullable=False),
    Index("asked_by_signals", "tenant", "signals"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("answer_id", Text, primary_key=True),
    Column("rating", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    ForeignKeyConstraint(["tenant", "answer_id"], ["asked.tenant", "asked.answer_id"]),
)

gaps = Table(
    "gaps",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("checked", BigInteger, nullable=False),
    Column("nearest", Text, nullable=False),
    Column("answered_in", Text, nullable=False),
)


escalations = Table(
    "escalations",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("requester", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("closed_at", Text, nullable=False),
    Column("closed_by", Text, nullable=False),
)


def create_tables(connection: Connection) -> None:
    """Migration 1: every table of the first version."""
    metadata.create_all(connection, [table for table in metadata.sorted_tables if table is not escalations])


def create_escalations(connection: Connection) -> None:
    """Migration 2: matters for channel managers."""
    escalations.create(connection)


def add_keys_of_turns(connection: Connection) -> None:
    """Migration 3: what a turn answers, so that a thread takes it once."""
    if "key" not in {column["name"] for column in inspect(connection).get_columns(turns.name)}:
        connection.execute(text("ALTER TABLE turns ADD COLUMN key TEXT NOT NULL DEFAULT ''"))
        ONE_EACH.create(connection)


MIGRATIONS = Migrations((create_tables, create_escalations, add_keys_of_turns), about.c.version)
