"""What happened, in order: written with the change itself, read by `changes` and by webhooks."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select

from assistant.domain.people import Requester
from assistant.ports.prm import Change
from integrations.prm.register import schema
from integrations.prm.register.database import EPOCH, MICROSECOND, Unit, micros
from integrations.prm.register.shelf import checked_limit
from integrations.prm.register.visibility import staff

_TELL = insert(schema.events).returning(schema.events.c.seq)
_SHOW = insert(schema.viewers)


def tell(unit: Unit, kind: str, record_id: str, *, version: str, partners: Iterable[str]) -> None:
    """Record an event that these partners, and the vendor, may know of."""
    values = {
        "tenant": unit.tenant,
        "kind": kind,
        "record_id": record_id,
        "version": version,
        "at": micros(unit.now),
    }
    (seq,) = unit.connection.execute(_TELL, values).one()
    rows = [{"tenant": unit.tenant, "partner_id": partner, "seq": seq} for partner in sorted(set(partners)) if partner]
    if rows:
        unit.connection.execute(_SHOW, rows)


def events_after(unit: Unit, since: int, *, partner_id: str, limit: int) -> tuple[Change, ...]:
    """Events after `since` that a partner may know of; all of the tenant's when `partner_id` is empty."""
    events, viewers = schema.events, schema.viewers
    query = select(events).where(events.c.tenant == unit.tenant, events.c.seq > since)
    if partner_id:
        mine = select(viewers.c.seq).where(
            viewers.c.tenant == unit.tenant, viewers.c.partner_id == partner_id, viewers.c.seq > since
        )
        query = query.where(events.c.seq.in_(mine.order_by(viewers.c.seq).limit(limit)))
    rows = unit.connection.execute(query.order_by(events.c.seq).limit(limit))
    return tuple(
        Change(
            seq=row.seq,
            kind=row.kind,
            record_id=row.record_id,
            version=row.version,
            at=EPOCH + row.at * MICROSECOND,
        )
        for row in rows
    )


def changes(unit: Unit, *, since: int, requester: Requester, limit: int) -> tuple[Change, ...]:
    """Events after `since` that the requester may know of, oldest first."""
    partner_id = "" if staff(requester) else requester.partner_id
    return events_after(unit, since, partner_id=partner_id, limit=checked_limit(limit))
