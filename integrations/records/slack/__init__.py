"""What the Slack surface keeps: a database file of its own, or tables beside the content's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, delete, select

from assistant.ports.clock import Clock
from integrations.records.database import compact, flush_journal, open_engine, reading, writing
from integrations.records.slack.desk import DeskRecords
from integrations.records.slack.inbox import InboxRecords
from integrations.records.slack.installations import EncryptedInstallations
from integrations.records.slack.links import LinkRecords
from integrations.records.slack.schema import MIGRATIONS, bots, metadata
from integrations.records.slack.states import StateRecords
from integrations.records.slack.vault import Vault

__all__ = [
    "EncryptedInstallations",
    "InboxRecords",
    "LinkRecords",
    "SlackRecords",
    "StateRecords",
    "open_slack_records",
]

FILE = "slack.sqlite3"


@dataclass(frozen=True, slots=True)
class SlackRecords:
    """The records of the Slack surface on one engine. Close it when done."""

    engine: Engine
    inbox: InboxRecords
    links: LinkRecords
    desk: DeskRecords
    states: StateRecords

    def installations(self, *, client_id: str, keys: str) -> EncryptedInstallations:
        """The workspaces that installed an app. Raises SettingsError without a key to encrypt their tokens with."""
        return EncryptedInstallations(self.engine, client_id=client_id, vault=Vault(keys))

    def installed(self) -> tuple[tuple[str, str], ...]:
        """Every workspace or organization that installed the app: its id and name. Blocking. Raises StorageError."""
        chosen = select(bots.c.team_id, bots.c.team_name, bots.c.enterprise_id, bots.c.enterprise_name)
        rows = reading(self.engine, lambda connection: connection.execute(chosen).all())
        return tuple(sorted({(r.team_id or r.enterprise_id, r.team_name or r.enterprise_name or "") for r in rows}))

    def forget(self, team: str, person: str = "") -> int:
        """Delete what is kept of a workspace, or only of one of its people; how many rows. Blocking.

        Every table with a column `team` is cleared, and with `person` where one is given. Raises StorageError.
        """
        gone = 0
        with writing(self.engine) as connection:
            for table in metadata.sorted_tables:
                if "team" in table.c and (not person or "person" in table.c):
                    theirs = [table.c.team == team, *([table.c.person == person] if person else [])]
                    if "installed" in table.c and not person:
                        theirs = [(table.c.team == team) | (table.c.installed == team)]
                    gone += connection.execute(delete(table).where(*theirs)).rowcount
        flush_journal(self.engine)
        return gone

    def compact(self) -> None:
        """Rewrite the tables, so that nothing of deleted rows is left in them. Blocking. Raises StorageError."""
        compact(self.engine, metadata)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def has_slack_records(data: Path, *, url: str = "") -> bool:
    """Whether anything can have come from Slack yet; looking does not make a database."""
    return bool(url) or (data / FILE).exists()


def open_slack_records(data: Path, *, url: str = "", clock: Clock) -> SlackRecords:
    """What the Slack surface of an installation keeps. Raises StorageError when the database cannot be opened."""
    engine = open_engine(url or data / FILE, MIGRATIONS, isolation="READ COMMITTED")
    return SlackRecords(
        engine,
        inbox=InboxRecords(engine, clock=clock),
        links=LinkRecords(engine, clock=clock),
        desk=DeskRecords(engine, clock=clock),
        states=StateRecords(engine, clock=clock),
    )
