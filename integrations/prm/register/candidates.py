"""Records that may mean the same customer, found by identity keys; quick however many records there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    CompoundSelect,
    Delete,
    Dialect,
    Insert,
    Integer,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from assistant.deals.conflicts import Candidate
from assistant.deals.identity import Identity, identity_of, strong_keys, weak_keys
from assistant.deals.matching import Match, match
from assistant.domain.accounts import Account, Customer
from assistant.domain.deals import DealDraft, DealState
from assistant.domain.deals_check import Likeness
from integrations.prm.register import schema
from integrations.prm.register.database import Unit
from integrations.prm.register.kept import ACCOUNTS, unpacked

SURE = 100  # records read for a key that few share
COMMON = 40  # a weak key that more records share tells nothing and is left out
ENOUGH = 120  # candidates that are compared
_FOUND: BindParameter[int] = bindparam("found", expanding=True)
_DEALS = schema.deals.c
_REGISTRATIONS = select(_DEALS.id, _DEALS.partner_id, _DEALS.state, _DEALS.product, _DEALS.identity).where(
    _DEALS.no.in_(_FOUND)
)
_ACCOUNTS = select(schema.accounts.c.id, schema.accounts.c.identity).where(schema.accounts.c.no.in_(_FOUND))


def digest(tenant: str, key: str) -> int:
    """The key as the number it is kept under; tenants never share one."""
    return int.from_bytes(hashlib.blake2b(f"{tenant}\0{key}".encode(), digest_size=8).digest(), signed=True)


def digests(tenant: str, identity: Identity) -> set[int]:
    """All keys of an identity."""
    return {digest(tenant, key) for key in (*strong_keys(identity), *weak_keys(identity))}


def keep_keys(unit: Unit, table: Table, rows: Iterable[tuple[int, Identity]]) -> None:
    """Make records findable by their identity; `rows` are their numbers and identities."""
    pairs = [(key, number) for number, identity in rows for key in digests(unit.tenant, identity)]
    if pairs and unit.connection.dialect.name == "postgresql":
        keys, records = zip(*pairs, strict=True)
        unit.connection.execute(_from_arrays(table), {"keys": list(keys), "records": list(records)})
    elif pairs:  # as plain text and tuples: a record has some fourteen keys, and millions are loaded at once
        unit.connection.exec_driver_sql(_from_tuples(table, unit.connection.dialect), pairs)


@cache
def _from_arrays(table: Table) -> Insert:
    numbers = ARRAY(BigInteger)
    pairs = select(func.unnest(bindparam("keys", type_=numbers)), func.unnest(bindparam("records", type_=numbers)))
    return insert(table).from_select(("key", "record"), pairs)


@cache
def _from_tuples(table: Table, dialect: Dialect) -> str:
    return str(insert(table).values(key=0, record=0).compile(dialect=dialect))


def forget_keys(unit: Unit, table: Table, number: int) -> None:
    """Make a record unfindable by its identity."""
    unit.connection.execute(_removal(table), {"number": number})


@cache
def _removal(table: Table) -> Delete:
    return delete(table).where(table.c.record == bindparam("number"))


@cache
def _lookup(table: Table, strong: int, weak: int) -> CompoundSelect[Any]:
    """One query for all keys: the place of each key and the records that have it, cut where it stops telling."""
    parts = []
    for place in range(strong + weak):
        rows = select(table.c.record).where(table.c.key == bindparam(f"key{place}"))
        found = rows.limit(SURE if place < strong else COMMON + 1).subquery()
        parts.append(select(literal_column(str(place), Integer), found.c.record))
    return union_all(*parts)


def numbers(unit: Unit, table: Table, identity: Identity) -> list[int]:
    """The numbers of records that share a telling key, those of strong keys first."""
    strong, weak = strong_keys(identity), weak_keys(identity)
    keys = (*strong, *weak)
    if not keys:
        return []
    values = {f"key{place}": digest(unit.tenant, key) for place, key in enumerate(keys)}
    places: dict[int, list[int]] = {}
    for row in unit.connection.execute(_lookup(table, len(strong), len(weak)), values):
        places.setdefault(row[0], []).append(row[1])
    found: dict[int, None] = {}
    for place in sorted(places):
        if place < len(strong) or (len(places[place]) <= COMMON and len(found) < ENOUGH):
            found |= dict.fromkeys(places[place])
    return list(found)


def candidates(unit: Unit, draft: DealDraft, *, but: str = "") -> Iterator[Candidate]:
    """Open registrations that may be for the same customer, without the deal `but`."""
    found = sorted(numbers(unit, schema.deal_keys, identity_of(draft.customer)))
    for row in unit.connection.execute(_REGISTRATIONS, {"found": found}) if found else ():
        if row.id != but:
            yield Candidate(row.id, row.partner_id, DealState(row.state), row.product, unpacked(row.identity))


def account_of(unit: Unit, customer: Customer) -> tuple[Account, Match] | None:
    """The account that this customer surely or likely is, and why."""
    mine = identity_of(customer)
    found = sorted(numbers(unit, schema.account_keys, mine))
    best: tuple[Match, str] | None = None
    for row in unit.connection.execute(_ACCOUNTS, {"found": found}) if found else ():
        hit = match(mine, unpacked(row.identity))
        if hit and hit.likeness is not Likeness.POSSIBLE and (best is None or hit.score > best[0].score):
            best = (hit, row.id)
    return None if best is None else (ACCOUNTS.get(unit, best[1]), best[0])
