"""Kits, their versions and reviews on SQLite or PostgreSQL. Nothing that was written is changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, UniqueConstraint, func, select, text

from assistant.domain.kits import KeptKit, KitDraft, KitReview
from assistant.domain.people import Requester, Role
from assistant.errors import RecordNotFound, StaleVersion
from integrations.records.database import open_engine, reading, writing
from integrations.records.migrations import Migrations

FILE = "campaigns.sqlite3"
LOCK = 7_101_552_011  # names the PostgreSQL advisory lock that puts versions and reviews in one order
DRAFT = TypeAdapter(KitDraft)
REVIEW = TypeAdapter(KitReview)
metadata = MetaData()
about = Table("kit_meta", metadata, Column("version", Integer, primary_key=True, autoincrement=False))
versions = Table(
    "kit_versions",
    metadata,
    Column("kit", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("tenant", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("draft", Text, nullable=False),
)
reviews = Table(
    "kit_reviews",
    metadata,
    Column("kit", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("review", Text, nullable=False),
    UniqueConstraint("kit", "position"),
)
MIGRATIONS = Migrations((metadata.create_all,), about.c.version)


class KitRecords:
    """Implements KitBook. Close it when done."""

    def __init__(self, where: str | Path) -> None:
        self._engine = open_engine(where, MIGRATIONS, isolation="READ COMMITTED")

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    async def keep(self, draft: KitDraft) -> KeptKit:
        """See KitBook."""

        def work(connection: Connection) -> KeptKit:
            kept = _read(connection, draft.id)
            if kept is not None and kept.draft.digest == draft.digest:
                return kept
            number = kept.version + 1 if kept else 1
            row = {"kit": draft.id, "version": number, "tenant": draft.tenant, "partner": draft.partner}
            connection.execute(versions.insert().values(**row, draft=DRAFT.dump_json(draft).decode()))
            return KeptKit(draft, number, kept.reviews if kept else ())

        return await asyncio.to_thread(self._step, work)

    async def get(self, kit_id: str, *, requester: Requester) -> KeptKit:
        """See KitBook."""
        found = await asyncio.to_thread(reading, self._engine, lambda connection: _read(connection, kit_id))
        return _seen(found, kit_id, requester)

    async def add(self, kit_id: str, review: KitReview, *, requester: Requester) -> KeptKit:
        """See KitBook."""

        def work(connection: Connection) -> KeptKit:
            kept = _seen(_read(connection, kit_id), kit_id, requester)
            if review.version != kept.version:
                raise StaleVersion("The kit changed since it was shown.", hint="Look at it again, then decide.")
            place = connection.scalar(select(func.count()).where(reviews.c.kit == kit_id)) or 0
            row = {"kit": kit_id, "position": place, "review": REVIEW.dump_json(review).decode()}
            connection.execute(reviews.insert().values(row))
            return KeptKit(kept.draft, kept.version, (*kept.reviews, review))

        return await asyncio.to_thread(self._step, work)

    def _step(self, work: Callable[[Connection], KeptKit]) -> KeptKit:
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            return work(connection)


def open_kits(data: Path, *, url: str = "") -> KitRecords:
    """The kits of an installation. Raises StorageError when the database cannot be opened."""
    return KitRecords(url or data / FILE)


def _read(connection: Connection, kit_id: str) -> KeptKit | None:
    chosen = select(versions).where(versions.c.kit == kit_id).order_by(versions.c.version.desc()).limit(1)
    row = connection.execute(chosen).first()
    if row is None:
        return None
    said = select(reviews.c.review).where(reviews.c.kit == kit_id).order_by(reviews.c.position)
    found = tuple(REVIEW.validate_json(each) for each in connection.execute(said).scalars())
    return KeptKit(DRAFT.validate_json(row.draft), row.version, found)


def _seen(kept: KeptKit | None, kit_id: str, requester: Requester) -> KeptKit:
    """The kit, when the requester may see it; raises RecordNotFound."""
    if kept is not None and requester.known and kept.draft.tenant == requester.tenant:
        theirs = requester.partner_id == kept.draft.partner
        if requester.role is not Role.PARTNER or theirs:
            return kept
    raise RecordNotFound(f"There is no kit {kit_id!r}.", hint="Its id is what drafting it said.")
