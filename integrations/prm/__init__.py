"""PRMs Liaison works with: one adapter per file, one row per adapter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from starlette.types import ASGIApp

from assistant.deals.rules import SHIPPED, RuleBooks, read_rules
from assistant.deals.sheet import write_deals
from assistant.errors import UsageError
from assistant.ports.clock import Clock
from assistant.ports.prm_archive import Archive
from integrations.prm.desk import EmbeddedDesk
from integrations.prm.embedded import EmbeddedPrm
from integrations.prm.register import transfer
from integrations.prm.register.database import Database
from integrations.prm.seed import sample_archive
from integrations.prm.webhooks import Courier

PRMS = {"embedded": EmbeddedPrm}
PARTS = ("desk", "seed", "webhooks")
RULES_FILE = "prm-rules.yaml"
DATABASE_FILE = "prm.db"


@dataclass(frozen=True, slots=True)
class OpenPrm:
    """An embedded PRM that is open: what partners and agents use, the desk, and who tells others."""

    database: Database
    books: RuleBooks
    prm: EmbeddedPrm
    desk: EmbeddedDesk
    courier: Courier

    def load(self, archive: Archive, *, tenant: str) -> int:
        """Add the records of an archive to a tenant; how many."""
        with self.database.writing(tenant) as unit:
            return transfer.load(unit, archive)

    def load_lines(self, path: Path, *, tenant: str) -> int:
        """Add the records of a JSON lines file, all or none; how many. Raises InvalidRecord."""
        try:
            with path.open(encoding="utf-8") as lines:
                archive = transfer.read_lines(lines)
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} cannot be read: {error}", hint="Give a file made by prm export.") from error
        return self.load(archive, tenant=tenant)

    def write(self, out: TextIO, *, deals_only: bool, tenant: str) -> int:
        """Write every record as JSON lines, or all deals as CSV; how many."""
        archive = self.dump(tenant=tenant)
        return write_deals(archive.deals, out) if deals_only else transfer.write_lines(archive, out)

    def seed(self, folder: Path, *, data: Path, tenant: str) -> int:
        """Fill an empty PRM with the sample programme of a folder and keep its rules in `data`; how many records."""
        if not self.empty(tenant=tenant):
            return 0
        archive = sample_archive(folder)
        (data / RULES_FILE).write_bytes((folder / "rules.yaml").read_bytes())
        return self.load(archive, tenant=tenant)

    def dump(self, *, tenant: str) -> Archive:
        """Every record of a tenant."""
        with self.database.reading(tenant) as unit:
            return transfer.dump(unit)

    def empty(self, *, tenant: str) -> bool:
        """Whether the tenant has no partners yet."""
        with self.database.reading(tenant) as unit:
            return transfer.empty(unit)

    def aws_app(self) -> ASGIApp:
        """The AWS wire to mount, usually at /aws: Partner Central Selling for partners that have an access key."""
        from integrations.prm.aws_wire.server import aws_app  # noqa: PLC0415 - needs botocore, which is optional

        return aws_app(self.database, books=self.books)

    def aws_key(self, partner_id: str, *, tenant: str) -> tuple[str, str]:
        """A new access key and its secret for a partner. Raises RecordNotFound."""
        from integrations.prm.aws_wire.signature import issue_key  # noqa: PLC0415 - needs botocore

        with self.database.writing(tenant) as unit:
            key = issue_key(unit, partner_id)
        return key.access_key, key.secret

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def open_embedded(url: str, *, clock: Clock, rules: Path | None = None) -> OpenPrm:
    """The embedded PRM on a SQLite or PostgreSQL database, its schema brought up to date.

    `rules` is a file of rules of engagement; None means those that ship with Liaison.
    """
    books = read_rules(rules or SHIPPED)
    database = Database(url, clock=clock)
    return OpenPrm(
        database=database,
        books=books,
        prm=EmbeddedPrm(database, books=books),
        desk=EmbeddedDesk(database, books=books),
        courier=Courier(database),
    )


def open_prm(data: Path, *, url: str, clock: Clock, rules: Path | None) -> OpenPrm:
    """The embedded PRM of a data directory: its own database without a URL, its own rules when none are named."""
    data.mkdir(parents=True, exist_ok=True)
    kept = data / RULES_FILE
    return open_embedded(
        url or f"sqlite:///{data / DATABASE_FILE}", clock=clock, rules=rules or (kept if kept.is_file() else None)
    )


@contextmanager
def opened(url: str, *, clock: Clock, rules: Path | None = None) -> Iterator[OpenPrm]:
    """The embedded PRM, closed at the end."""
    found = open_embedded(url, clock=clock, rules=rules)
    try:
        yield found
    finally:
        found.close()
