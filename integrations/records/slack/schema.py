"""The tables of the Slack surface: events that came, and who is who."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, MetaData, Table, Text

from integrations.records.migrations import Migrations
from integrations.records.slack.installations import build_tables

metadata = MetaData()

about = Table("slack_meta", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

# Moments are seconds since 1970. `over` is 0 while an event waits or is lent.
inbox = Table(
    "slack_inbox",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("arrived", Float, nullable=False),
    Column("free_at", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("over", Float, nullable=False),
    Index("slack_inbox_waiting", "over", "free_at"),
)

links = Table(
    "slack_links",
    metadata,
    Column("team", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("principal", Text, nullable=False),
    Column("linked_at", Text, nullable=False),
)

codes = Table(
    "slack_link_codes",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("principal", Text, nullable=False),
    Column("expires", Text, nullable=False),
)

states = Table(
    "slack_install_states",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("expires", Float, nullable=False),
)

bots, installations = build_tables(metadata)

MIGRATIONS = Migrations((metadata.create_all, metadata.create_all, metadata.create_all), about.c.version)
