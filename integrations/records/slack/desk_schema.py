"""The tables of what people do in Slack: forms, cards, deals they follow, and their wishes."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from integrations.records.slack.schema import metadata

SPOT = ("installed", "person", "team", "channel", "thread")  # `team` is the person's own workspace or organization


def of_spot(*, key: frozenset[str] = frozenset()) -> list[Column[str]]:
    """The columns of a person at a place; those named are part of the primary key."""
    return [Column(name, Text, primary_key=name in key, nullable=False) for name in SPOT]


forms = Table(
    "slack_forms",
    metadata,
    Column("id", Text, primary_key=True),
    *of_spot(),
    Column("talk", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("taken", Float, nullable=False),  # when it was submitted; 0 before
    Column("approval", Text, nullable=False),
    Column("opened_at", Float, nullable=False),
)

cards = Table(
    "slack_cards",
    metadata,
    Column("approval", Text, primary_key=True),
    *of_spot(key=frozenset({"channel"})),
    Column("ts", Text, primary_key=True),
    Column("state", Text, nullable=False),
)

watches = Table(
    "slack_watches",
    metadata,
    Column("deal", Text, primary_key=True),
    *of_spot(key=frozenset({"channel", "thread", "person"})),
    Column("principal", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Text, nullable=False),
)

positions = Table(
    "slack_positions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
)

languages = Table(
    "slack_languages",
    metadata,
    Column("team", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("language", Text, nullable=False),
)

threads = Table(
    "slack_threads",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("thread", Text, primary_key=True),
    Column("joined_at", Float, nullable=False),
    Index("slack_threads_age", "joined_at"),
)

# Which messages a reply consists of, by the key of the event that it is to; `at` is when one was noted.
replies = Table(
    "slack_replies",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("slack_replies_by_key", "key"),
    Index("slack_replies_age", "at"),
)
