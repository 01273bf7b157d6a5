"""What people do in Slack, on SQLite or PostgreSQL: forms, cards, deals they follow, and their wishes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.ports.chat_desk import Form, ShownCard, Spot, Watch
from assistant.ports.clock import Clock
from integrations.records.database import reading, written
from integrations.records.slack.desk_schema import SPOT, cards, forms, languages, positions, replies, threads, watches

KEPT = timedelta(days=30)  # forms that nobody sent, and threads that nobody continues
REPLIED = timedelta(days=1)  # as long as the inbox knows an event
TAKEN = timedelta(seconds=10)  # after which whoever was submitting a form is taken to have died
NO_LANGUAGE = ""


class DeskRecords:
    """Implements ChatDesk on one SQLAlchemy engine."""

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    async def open_form(self, spot: Spot, *, talk: str = "", said: str = "") -> str:
        """See ChatDesk."""
        made = secrets.token_urlsafe(18)
        row = {
            "id": made,
            **_columns(spot),
            "talk": talk,
            "said": said,
            "taken": 0.0,
            "approval": "",
            "opened_at": self._now(),
        }
        old = self._now() - KEPT.total_seconds()

        def work(connection: Connection) -> None:
            connection.execute(delete(forms).where(forms.c.opened_at < old))
            connection.execute(insert(forms).values(row))

        await written(self._engine, work)
        return made

    async def form(self, form_id: str) -> Form | None:
        """See ChatDesk."""
        found = await self._rows(select(forms).where(forms.c.id == form_id))
        return Form(form_id, _spot(found[0]), found[0].approval, found[0].talk, found[0].said) if found else None

    async def take_form(self, form_id: str) -> bool:
        """See ChatDesk."""
        free = (
            (forms.c.id == form_id) & (forms.c.approval == "") & (forms.c.taken < self._now() - TAKEN.total_seconds())
        )
        taken = update(forms).where(free).values(taken=self._now())
        return await written(self._engine, lambda connection: connection.execute(taken).rowcount) == 1

    async def give_form_back(self, form_id: str) -> None:
        """See ChatDesk."""
        given = update(forms).where(forms.c.id == form_id, forms.c.approval == "").values(taken=0.0)
        await written(self._engine, lambda connection: connection.execute(given).rowcount)

    async def settle_form(self, form_id: str, approval: str) -> None:
        """See ChatDesk."""
        settled = update(forms).where(forms.c.id == form_id).values(approval=approval, said="")
        await written(self._engine, lambda connection: connection.execute(settled).rowcount)

    async def origin(self, approval: str) -> Spot | None:
        """See ChatDesk."""
        found = await self._rows(select(forms).where(forms.c.approval == approval))
        return _spot(found[0]) if found else None

    async def show(self, card: ShownCard) -> None:
        """See ChatDesk."""
        row = {"approval": card.approval, **_columns(card.spot), "ts": card.ts, "state": card.state}
        await self._put(cards, row, changing=("state",))

    async def cards(self, approval: str) -> tuple[ShownCard, ...]:
        """See ChatDesk."""
        found = await self._rows(select(cards).where(cards.c.approval == approval).order_by(cards.c.ts))
        return tuple(ShownCard(row.approval, _spot(row), row.ts, row.state) for row in found)

    async def watch(self, watch: Watch) -> None:
        """See ChatDesk."""
        told = {"principal": watch.principal, "state": watch.state, "version": watch.version}
        await self._put(watches, {"deal": watch.deal, **_columns(watch.spot), **told}, changing=tuple(told))

    async def watches(self) -> tuple[Watch, ...]:
        """See ChatDesk."""
        found = await self._rows(select(watches).order_by(watches.c.deal))
        return tuple(Watch(row.deal, _spot(row), row.principal, row.state, row.version) for row in found)

    async def position(self, name: str) -> int | None:
        """See ChatDesk."""
        found = await self._rows(select(positions.c.position).where(positions.c.name == name))
        return int(found[0].position) if found else None

    async def move(self, name: str, position: int) -> None:
        """See ChatDesk."""
        await self._put(positions, {"name": name, "position": position}, changing=("position",))

    async def language(self, team: str, user: str) -> str:
        """See ChatDesk."""
        mine = (languages.c.team == team) & (languages.c.person == user)
        found = await self._rows(select(languages.c.language).where(mine))
        return str(found[0].language) if found else NO_LANGUAGE

    async def choose_language(self, team: str, user: str, language: str) -> None:
        """See ChatDesk."""
        row = {"team": team, "person": user, "language": language}
        await self._put(languages, row, changing=("language",))

    async def join(self, channel: str, thread: str) -> None:
        """See ChatDesk."""
        now = self._now()
        await self._put(threads, {"channel": channel, "thread": thread, "joined_at": now}, changing=("joined_at",))
        old = delete(threads).where(threads.c.joined_at < now - KEPT.total_seconds())
        await written(self._engine, lambda connection: connection.execute(old).rowcount)

    async def joined(self, channel: str, thread: str) -> bool:
        """See ChatDesk."""
        here = (threads.c.channel == channel) & (threads.c.thread == thread)
        return bool(await self._rows(select(threads.c.channel).where(here)))

    async def replied(self, key: str, *, team: str, channel: str, ts: str) -> bool:
        """See ChatDesk."""
        row = {"channel": channel, "ts": ts, "key": key, "team": team, "at": self._now()}
        new = self._dialect.insert(replies).values(row).on_conflict_do_nothing(index_elements=["channel", "ts"])
        old = delete(replies).where(replies.c.at < self._now() - REPLIED.total_seconds())
        holder = select(replies.c.key).where(replies.c.channel == channel, replies.c.ts == ts)

        def work(connection: Connection) -> bool:
            connection.execute(old)
            connection.execute(new)
            return bool(connection.execute(holder).scalar_one() == key)

        return await written(self._engine, work)

    async def replies(self, key: str) -> tuple[str, ...]:
        """See ChatDesk."""
        found = await self._rows(select(replies.c.ts).where(replies.c.key == key).order_by(replies.c.ts))
        return tuple(str(row.ts) for row in found)

    async def _put(self, table: Table, row: Mapping[str, object], *, changing: Sequence[str]) -> None:
        """A row, or new values for some columns of the one with its key."""
        new = self._dialect.insert(table).values(row)
        values = {name: new.excluded[name] for name in changing}
        keys = [column.name for column in table.primary_key]
        made = new.on_conflict_do_update(index_elements=keys, set_=values)
        await written(self._engine, lambda connection: connection.execute(made).rowcount)

    async def _rows(self, chosen: Select[Any]) -> Sequence[Row[Any]]:
        return await asyncio.to_thread(reading, self._engine, lambda found: found.execute(chosen).all())

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _columns(spot: Spot) -> dict[str, str]:
    told = (spot.installed, spot.user, spot.home, spot.channel, spot.thread)
    return dict(zip(SPOT, told, strict=True))


def _spot(row: Row[Any]) -> Spot:
    return Spot(*(getattr(row, name) for name in SPOT))
