"""Workspaces that installed the app, with their tokens encrypted: slack_sdk's store with two things set right."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC
from typing import Any, TypeVar, cast

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from sqlalchemy import Connection, Engine, MetaData, RowMapping, Table, Text, and_, delete, or_, select, update

from integrations.records.database import reading, storage_errors, writing
from integrations.records.slack.vault import Vault

T = TypeVar("T")
SECRETS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")
MOMENTS = ("installed_at", "bot_token_expires_at", "user_token_expires_at")


@dataclass(frozen=True, slots=True)
class _Transactions:
    """An engine as the SDK's store uses it, which reads before it writes: nothing else may write in between."""

    engine: Engine

    def begin(self) -> AbstractContextManager[Connection]:
        """A transaction that writes."""
        return writing(self.engine)

    def connect(self) -> Connection:
        """A connection that reads."""
        return self.engine.connect()


class _Rows(SQLAlchemyInstallationStore):
    """The SDK's store, with two things set right.

    Its tokens have room for 200 characters, which sealed ones exceed, and it reads moments that it wrote as UTC in the
    zone of the machine.
    """

    @classmethod
    def build_installations_table(cls, metadata: MetaData, table_name: str) -> Table:
        """The table of installations."""
        return _roomy(super().build_installations_table(metadata, table_name))

    @classmethod
    def build_bots_table(cls, metadata: MetaData, table_name: str) -> Table:
        """The table of bots."""
        return _roomy(super().build_bots_table(metadata, table_name))

    @classmethod
    def build_installation_entity(cls, row: RowMapping) -> Installation:
        """An installation of a row."""
        return super().build_installation_entity(_in_utc(row))

    @classmethod
    def build_bot_entity(cls, row: RowMapping) -> Bot:
        """A bot of a row."""
        return super().build_bot_entity(_in_utc(row))


def _roomy(table: Table) -> Table:
    for name in SECRETS:
        if name in table.c:
            table.c[name].type = Text()
    return table


def _in_utc(row: RowMapping) -> dict[str, Any]:
    zoned = {name: row[name].replace(tzinfo=UTC) for name in MOMENTS if row.get(name) is not None}
    return {**row, **zoned}


def build_tables(metadata: MetaData) -> tuple[Table, Table]:
    """The tables of bots and installations, among others."""
    bots = _Rows.build_bots_table(metadata, _Rows.default_bots_table_name)
    return bots, _Rows.build_installations_table(metadata, _Rows.default_installations_table_name)


class EncryptedInstallations(AsyncInstallationStore):
    """Installations of one app, by workspace or by organization when it was installed for all its workspaces."""

    def __init__(self, engine: Engine, *, client_id: str, vault: Vault) -> None:
        self._rows = _Rows(client_id, cast("Engine", _Transactions(engine)))
        self._engine = engine
        self._vault = vault

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation in the place of earlier ones of the same workspace and person. Raises StorageError."""
        sealed = self._changed(Installation(**installation.to_dict_for_copying()), self._vault.seal)
        await self._run(lambda: self._rows.save(sealed))
        await self._run(lambda: self._drop_older(sealed.enterprise_id, sealed.team_id))

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot whose token was renewed. Raises StorageError."""
        sealed = self._changed(Bot(**bot.to_dict_for_copying()), self._vault.seal)
        await self._run(lambda: self._rows.save_bot(sealed))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace or organization. Raises StorageError."""
        where = {"enterprise_id": enterprise_id, "team_id": team_id}
        found = await self._run(lambda: self._rows.find_bot(**where, is_enterprise_install=is_enterprise_install))
        return self._changed(found, self._vault.open) if found else None

    async def serving(self, *, team_id: str, enterprise_id: str = "") -> Bot | None:
        """The bot that serves a workspace: its own, else that of its organization; or an organization, by its own id.

        Ids of workspaces are unique, so the organization need not be known for its own: a click in a modal that was
        opened from another organization does not name it. Raises StorageError.
        """
        c = self._rows.bots.c
        named = [each for each in (enterprise_id, team_id) if each]
        own, whole = c.team_id == team_id, and_(c.team_id.is_(None), c.enterprise_id.in_(named))
        chosen = select(self._rows.bots).where(c.client_id == self._rows.client_id, or_(own, whole))
        best = chosen.order_by(c.team_id.is_(None), c.installed_at.desc(), c.id.desc()).limit(1)
        rows = await self._run(lambda: reading(self._engine, lambda made: made.execute(best).mappings().all()))
        return self._changed(self._rows.build_bot_entity(rows[0]), self._vault.open) if rows else None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The latest installation of a workspace or organization, or that of one person. Raises StorageError."""
        where = {"enterprise_id": enterprise_id, "team_id": team_id, "user_id": user_id}
        found = await self._run(
            lambda: self._rows.find_installation(**where, is_enterprise_install=is_enterprise_install)
        )
        return self._changed(found, self._vault.open) if found else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget the bot of a workspace or organization."""
        await self._run(lambda: self._rows.delete_bot(enterprise_id=enterprise_id, team_id=team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget the installations of a workspace or organization, or only that of one person."""
        where = {"enterprise_id": enterprise_id, "team_id": team_id, "user_id": user_id}
        await self._run(lambda: self._rows.delete_installation(**where))

    def renew(self) -> int:
        """Seal every token anew under the first key; how many rows. Blocking. Raises StorageError."""
        count = 0
        with writing(self._engine) as connection:
            for table in (self._rows.bots, self._rows.installations):
                secrets = [name for name in SECRETS if name in table.c]
                for row in connection.execute(select(table)).mappings().all():
                    values = {name: self._vault.renewed(row[name]) for name in secrets}
                    connection.execute(update(table).where(table.c.id == row["id"]).values(values))
                    count += 1
        return count

    def _drop_older(self, enterprise_id: str | None, team_id: str | None) -> None:
        """Keep the newest row only: the tokens of the others were replaced."""
        with writing(self._engine) as connection:
            for table in (self._rows.bots, self._rows.installations):
                c = table.c
                same = (c.client_id == self._rows.client_id, c.enterprise_id == enterprise_id, c.team_id == team_id)
                newest = select(c.id).where(*same).order_by(c.installed_at.desc(), c.id.desc()).limit(1)
                kept = connection.execute(newest).scalar_one_or_none()
                connection.execute(delete(table).where(*same, c.id != kept))

    def _changed(self, entity: T, change: Callable[[str | None], str | None]) -> T:
        for name in SECRETS:
            if getattr(entity, name, None):
                setattr(entity, name, change(getattr(entity, name)))
        return entity

    async def _run(self, work: Callable[[], T]) -> T:
        def guarded() -> T:
            with storage_errors():
                return work()

        return await asyncio.to_thread(guarded)
