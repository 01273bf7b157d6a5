"""What the Slack surface keeps: a database file of its own, or tables beside the content's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from assistant.ports.clock import Clock
from integrations.records.database import open_engine
from integrations.records.slack.inbox import InboxRecords
from integrations.records.slack.links import LinkRecords
from integrations.records.slack.schema import MIGRATIONS

__all__ = ["InboxRecords", "LinkRecords", "SlackRecords", "open_slack_records"]

FILE = "slack.sqlite3"


@dataclass(frozen=True, slots=True)
class SlackRecords:
    """The records of the Slack surface on one engine. Close it when done."""

    engine: Engine
    inbox: InboxRecords
    links: LinkRecords

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_slack_records(data: Path, *, url: str = "", clock: Clock) -> SlackRecords:
    """What the Slack surface of an installation keeps. Raises StorageError when the database cannot be opened."""
    engine = open_engine(url or data / FILE, MIGRATIONS, isolation="READ COMMITTED")
    return SlackRecords(engine, inbox=InboxRecords(engine, clock=clock), links=LinkRecords(engine, clock=clock))
