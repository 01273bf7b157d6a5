"""Who calls and in which catalog, and the drawers that keep Partner Central's documents."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from assistant.deals.rules import RuleBooks
from assistant.domain.partners import Partner
from assistant.domain.people import Requester, Role
from integrations.prm.aws_wire.refusal import not_found
from integrations.prm.aws_wire.tables import documents
from integrations.prm.register.database import Unit, micros
from integrations.prm.register.kept import PARTNERS

Document = dict[str, Any]
CATALOGS = ("AWS", "Sandbox")
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """The partner that an access key belongs to, and its account number."""

    tenant: str
    partner_id: str
    account_id: str

    @property
    def requester(self) -> Requester:
        """The caller as the register knows it."""
        return Requester(user=self.account_id, role=Role.PARTNER, partner_id=self.partner_id, tenant=self.tenant)


@dataclass(frozen=True, slots=True)
class Session:
    """One call: its transaction, who makes it, in which catalog, and the rules of engagement."""

    unit: Unit
    caller: Caller
    catalog: str
    books: RuleBooks

    @property
    def sandbox(self) -> bool:
        """Whether nothing of this counts: the register is left alone and the caller plays the reviewer."""
        return self.catalog == "Sandbox"

    @property
    def now(self) -> datetime:
        """The moment of the call, in whole milliseconds as the wire writes them."""
        moment = self.unit.now
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    @property
    def partner(self) -> Partner:
        """The calling partner's record."""
        return PARTNERS.get(self.unit, self.caller.partner_id)

    def arn(self, path: str) -> str:
        """The name of a resource, such as arn:aws:partnercentral:us-east-1:123456789012:catalog/AWS/opportunity/O1."""
        return f"arn:aws:partnercentral:us-east-1:{self.caller.account_id}:catalog/{self.catalog}/{path}"


class Kept(Protocol):
    """What every kept document has. `about` is what it is looked up by besides its id."""

    @property
    def id(self) -> str:
        """Its id in Partner Central's form."""
        ...

    @property
    def owner(self) -> str:
        """The id of the partner it belongs to."""
        ...

    @property
    def about(self) -> str:
        """Another key to find it by."""
        ...

    @property
    def modified(self) -> datetime:
        """When it was last written."""
        ...


T = TypeVar("T", bound=Kept)


class Drawer(Generic[T]):
    """All documents of one kind."""

    def __init__(self, kind: type[T], name: str) -> None:
        self._json: TypeAdapter[T] = TypeAdapter(kind)
        self.name = name

    def find(self, session: Session, record_id: str) -> T | None:
        """The document, whoever owns it, or None."""
        row = session.unit.connection.execute(
            select(documents.c.body).where(self._here(session), documents.c.id == record_id)
        ).scalar()
        return None if row is None else self._json.validate_json(row)

    def own(self, session: Session, record_id: str) -> T:
        """The caller's document; ResourceNotFoundException for everybody else's."""
        found = self.find(session, record_id)
        if found is None or found.owner != session.caller.partner_id:
            raise not_found(self.name, record_id)
        return found

    def all(self, session: Session, *conditions: ColumnElement[bool]) -> list[T]:
        """Documents by the time they were last written."""
        query = select(documents.c.body).where(self._here(session), *conditions)
        rows = session.unit.connection.scalars(query.order_by(documents.c.modified, documents.c.id))
        return [self._json.validate_json(row) for row in rows]

    def owned(self, session: Session) -> list[T]:
        """The caller's documents."""
        return self.all(session, documents.c.owner == session.caller.partner_id)

    def named(self, session: Session, ids: Iterable[str]) -> list[T]:
        """The documents with these ids, whoever owns them."""
        return self.all(session, documents.c.id.in_(list(ids)))

    def on(self, session: Session, *about: str) -> list[T]:
        """Documents about something."""
        return self.all(session, documents.c.about.in_(about))

    def add(self, session: Session, record: T) -> T:
        """Keep a new document."""
        session.unit.connection.execute(
            insert(documents).values(
                tenant=session.caller.tenant,
                catalog=session.catalog,
                kind=self.name,
                id=record.id,
                **self._values(record),
            )
        )
        return record

    def put(self, session: Session, record: T) -> T:
        """Keep a document in the place of its former self."""
        where = and_(self._here(session), documents.c.id == record.id)
        session.unit.connection.execute(update(documents).where(where).values(**self._values(record)))
        return record

    def remove(self, session: Session, record_id: str) -> None:
        """Forget a document."""
        session.unit.connection.execute(delete(documents).where(self._here(session), documents.c.id == record_id))

    def _here(self, session: Session) -> ColumnElement[bool]:
        return and_(
            documents.c.tenant == session.caller.tenant,
            documents.c.catalog == session.catalog,
            documents.c.kind == self.name,
        )

    def _values(self, record: T) -> dict[str, str | int]:
        body = self._json.dump_json(record).decode()
        return {"owner": record.owner, "about": record.about, "modified": micros(record.modified), "body": body}


def stamped(moment: datetime) -> str:
    """A time as the wire writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(value: str | float) -> datetime:
    """A time as a client sends it: ISO 8601, or seconds since 1970."""
    if isinstance(value, str):
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.fromtimestamp(value, tz=UTC)


def after(last: datetime, session: Session) -> datetime:
    """A time for a new version: now, yet always later than the last one, so that no two versions share a time."""
    return max(session.now, last + MILLISECOND)


def new_code(prefix: str, length: int) -> str:
    """An id that cannot be guessed, such as eng-0123456789abcd."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def bare(identifier: str) -> str:
    """The id in an ARN, or the id itself."""
    return identifier.rsplit("/", 1)[-1]


def with_partner(session: Session, partner_id: str, account_id: str) -> Session:
    """The same call seen as another partner."""
    return replace(session, caller=Caller(session.caller.tenant, partner_id, account_id))


def chosen(request: Document, name: str) -> frozenset[str]:
    """The values of a list filter; ids and ARNs alike."""
    values: Iterable[str] = request.get(name) or ()
    return frozenset(bare(value) for value in values)
