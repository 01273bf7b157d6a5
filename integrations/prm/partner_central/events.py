"""Events of Partner Central, as EventBridge delivers them: several times, in any order, and without what changed.

An event is kept once, by its id; what it is about is read again, so its order does not matter.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import insert, select

from assistant.errors import InvalidRecord, Problem, RecordNotFound
from assistant.ports.prm import Change
from integrations.prm.aws_wire.tables import incoming
from integrations.prm.register.database import EPOCH, MICROSECOND, Database, micros

SOURCE = "aws.partnercentral-selling"
KINDS = {
    "Opportunity Created": "deal.registered",
    "Opportunity Updated": "deal.updated",
    "Engagement Invitation Created": "invitation.created",
    "Engagement Invitation Accepted": "invitation.accepted",
    "Engagement Invitation Rejected": "invitation.rejected",
    "Engagement Invitation Expired": "invitation.expired",
}
BATCH = 10
logger = logging.getLogger(__name__)


class _Named(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    identifier: str = ""
    id: str = ""


class _Detail(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    catalog: str
    opportunity: _Named = _Named()
    invitation: _Named = Field(default=_Named(), alias="engagementInvitation")


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    source: str
    kind: str = Field(alias="detail-type")
    time: datetime
    detail: _Detail


@dataclass(frozen=True, slots=True)
class Notice:
    """What an event says: its id, what happened, to which record, and when."""

    event_id: str
    kind: str
    record_id: str
    at: datetime
    catalog: str


def read_event(body: str) -> Notice | None:
    """The notice in a message; None for one of another source or kind. Raises InvalidRecord for what is no event."""
    try:
        sent = json.loads(body)
        if not isinstance(sent, dict) or sent.get("source") != SOURCE or sent.get("detail-type") not in KINDS:
            return None
        event = _Event.model_validate(sent)
    except (ValueError, ValidationError) as error:
        problem = Problem(field="event", code="malformed", message=f"is no event of EventBridge: {error}")
        raise InvalidRecord.of(problem) from None
    about = event.detail.opportunity if event.kind.startswith("Opportunity") else event.detail.invitation
    record_id = about.identifier or about.id
    return Notice(event.id, KINDS[event.kind], record_id, event.time, event.detail.catalog) if record_id else None


class Inbox:
    """The events received for each partner, each kept once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, notice: Notice, *, tenant: str, partner_id: str, version: str) -> bool:
        """Keep an event with the version its record has now; whether it is new."""
        mine = {"tenant": tenant, "partner_id": partner_id, "event_id": notice.event_id}
        with self._database.writing(tenant) as unit:
            if unit.connection.execute(select(incoming.c.seq).filter_by(**mine)).first():
                return False
            values = {"kind": notice.kind, "record_id": notice.record_id, "version": version, "at": micros(notice.at)}
            unit.connection.execute(insert(incoming).values(**mine, **values))
            return True

    def after(self, since: int, *, tenant: str, partner_id: str, limit: int) -> tuple[Change, ...]:
        """The events kept after `since`, oldest first."""
        mine = (incoming.c.tenant == tenant) & (incoming.c.partner_id == partner_id) & (incoming.c.seq > since)
        with self._database.reading(tenant) as unit:
            rows = unit.connection.execute(select(incoming).where(mine).order_by(incoming.c.seq).limit(limit))
            return tuple(
                Change(row.seq, row.kind, row.record_id, row.version, EPOCH + row.at * MICROSECOND) for row in rows
            )


class QueueReader:
    """Reads a partner's queue into its inbox. `version_of` reads a deal again; `queue` is a boto3 client of SQS."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        queue: Any,  # noqa: ANN401 - boto3 makes clients at run time
        url: str,
        catalog: str,
        version_of: Callable[[str], Awaitable[str]],
    ) -> None:
        self._inbox = inbox
        self._queue = queue
        self._url = url
        self._catalog = catalog
        self._version_of = version_of

    async def drain(self, *, tenant: str, partner_id: str, wait: int = 0) -> int:
        """Take every waiting message; how many new events. A message is deleted only after its event is kept.

        When there is none it waits so many seconds for the first, 20 at most.
        """
        new = 0
        while messages := await asyncio.to_thread(self._waiting, 0 if new else wait):
            for message in messages:
                new += await self._take(message["Body"], tenant=tenant, partner_id=partner_id)
                handle = message["ReceiptHandle"]
                await asyncio.to_thread(self._queue.delete_message, QueueUrl=self._url, ReceiptHandle=handle)
        return new

    def _waiting(self, wait: int) -> list[dict[str, str]]:
        asked = {"QueueUrl": self._url, "MaxNumberOfMessages": BATCH, "WaitTimeSeconds": wait}
        found: list[dict[str, str]] = self._queue.receive_message(**asked).get("Messages", [])
        return found

    async def _take(self, body: str, *, tenant: str, partner_id: str) -> bool:
        try:
            notice = read_event(body)
        except InvalidRecord as error:
            logger.warning("A message in the queue was dropped: %s", error.message)
            return False
        if notice is None or notice.catalog != self._catalog:
            return False
        try:
            version = await self._version_of(notice.record_id) if notice.kind.startswith("deal") else ""
        except RecordNotFound:
            version = ""
        return self._inbox.keep(notice, tenant=tenant, partner_id=partner_id, version=version)
