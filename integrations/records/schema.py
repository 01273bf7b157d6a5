"""The tables of the content and how a database gets from any older version to the present one.

Rows are versioned: a row is part of the states `born` <= number < `died`. What an ingest run writes has the number
after the published one, so readers see nothing of it until it is published.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from integrations.records.migrations import Migrations

NEVER = 2**62

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

generations = Table(
    "generations",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("at", Text, nullable=False),
)

scopes = Table("scopes", metadata, Column("key", Text, primary_key=True), Column("scope", Text, nullable=False))

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("born", BigInteger, primary_key=True, autoincrement=False),
    Column("died", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("uri", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("scope_key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index("documents_by_source", "source"),
    Index("documents_by_uri", "uri"),
    Index("documents_by_born", "born"),
    Index("documents_by_died", "died"),
)

passages = Table(
    "passages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("born", BigInteger, primary_key=True, autoincrement=False),
    Column("died", BigInteger, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("heading_path", Text, nullable=False),
    Column("locator", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("scope_key", Text, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Index("passages_by_document", "document_id", "ordinal"),
    Index("passages_by_born", "born"),
    Index("passages_by_died", "died"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("passage_id", Text, primary_key=True),
    Column("born", BigInteger, primary_key=True, autoincrement=False),
    Column("vector", LargeBinary, nullable=False),
)

removals = Table(
    "removals",
    metadata,
    Column("passage_id", Text, primary_key=True),
    Column("born", BigInteger, primary_key=True, autoincrement=False),
    Column("died", BigInteger, nullable=False),
    Index("removals_by_died", "died"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("uri", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", Text, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Column("revoked", Text, nullable=False),
    Column("previous_digest", Text, nullable=False),
    Column("previous_until", Text, nullable=False),
    Column("rate_per_minute", Integer, nullable=False),
)


model_spending = Table(
    "model_spending",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Index("model_spending_by_tenant", "tenant", "at"),
)


rate_buckets = Table(
    "rate_buckets",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("tokens", Double, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("granted", Boolean, nullable=False),
)


def create_tables(connection: Connection) -> None:
    """Migration 1: every table of the first version."""
    metadata.create_all(connection)


def add_api_keys(connection: Connection) -> None:
    """Migration 2: the keys of the HTTP interfaces."""
    api_keys.create(connection, checkfirst=True)


def add_model_spending(connection: Connection) -> None:
    """Migration 3: what language models took."""
    model_spending.create(connection, checkfirst=True)


def add_rate_buckets(connection: Connection) -> None:
    """Migration 4: the rate limits that servers share."""
    rate_buckets.create(connection, checkfirst=True)


MIGRATIONS = Migrations(
    (create_tables, add_api_keys, add_model_spending, add_rate_buckets), meta.c.value, row={"key": "schema"}
)
