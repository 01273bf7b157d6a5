"""PRMs Liaison works with: one adapter per file, one row per adapter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.deals.rules import SHIPPED, RuleBooks, read_rules
from assistant.ports.clock import Clock
from assistant.ports.prm_archive import Archive
from integrations.prm.desk import EmbeddedDesk
from integrations.prm.embedded import EmbeddedPrm
from integrations.prm.register import transfer
from integrations.prm.register.database import Database

PRMS = {"embedded": EmbeddedPrm}
PARTS = ("desk",)


@dataclass(frozen=True, slots=True)
class OpenPrm:
    """An embedded PRM that is open: what partners and agents use, the desk, and the whole of its records."""

    database: Database
    books: RuleBooks
    prm: EmbeddedPrm
    desk: EmbeddedDesk

    def load(self, archive: Archive, *, tenant: str) -> int:
        """Add the records of an archive to a tenant; how many."""
        with self.database.writing(tenant) as unit:
            return transfer.load(unit, archive)

    def dump(self, *, tenant: str) -> Archive:
        """Every record of a tenant."""
        with self.database.reading(tenant) as unit:
            return transfer.dump(unit)

    def empty(self, *, tenant: str) -> bool:
        """Whether the tenant has no partners yet."""
        with self.database.reading(tenant) as unit:
            return transfer.empty(unit)

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
    )


@contextmanager
def opened(url: str, *, clock: Clock, rules: Path | None = None) -> Iterator[OpenPrm]:
    """The embedded PRM, closed at the end."""
    found = open_embedded(url, clock=clock, rules=rules)
    try:
        yield found
    finally:
        found.close()
