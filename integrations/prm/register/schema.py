"""The tables of the embedded PRM. A record's fields live in `body`; what is searched or unique has its own column.

Times are microseconds since 1970 UTC, so that they sort and compare alike on SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def _number() -> Column[int]:
    return Column("no", NUMBER, primary_key=True, autoincrement=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _time(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


def _records(name: str, *columns: Column[str] | Column[int] | Column[bool]) -> Table:
    """A table of records: their number, tenant, id and version beside the columns of their kind."""
    return Table(
        f"prm_{name}",
        metadata,
        _number(),
        Column("tenant", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("version", Integer, nullable=False),
        *columns,
        Column("body", Text, nullable=False),
        UniqueConstraint("tenant", "id", name=f"uq_prm_{name}_id"),
    )


partners = _records(
    "partners", _text("sort"), _text("country"), _text("tier"), Column("listed", Boolean, nullable=False)
)
programs = _records("programs")
territories = _records("territories")
certifications = _records("certifications", _text("partner_id"), _text("sort"))
accounts = _records("accounts", _text("sort"), _text("identity"))
deals = _records(
    "deals",
    _text("partner_id"),
    _text("partner_ref"),
    _text("state"),
    _text("product"),
    _text("account_id"),
    _text("identity"),
    _text("search"),
    _time("updated"),
    _time("submitted"),
    _time("due"),
)
opportunities = _records("opportunities", _text("account_id"), _text("outcome"))
invitations = _records(
    "invitations", _text("deal_id"), _text("inviter"), _text("invitee"), _text("state"), _time("expires")
)
allocations = _records("allocations", _text("partner_id"))
fund_requests = _records("fund_requests", _text("partner_id"), _text("allocation_id"), _time("created"))

Index("ix_prm_partners_sort", partners.c.tenant, partners.c.sort, partners.c.id)
Index("ix_prm_certifications_partner", certifications.c.tenant, certifications.c.partner_id)
Index("ix_prm_accounts_sort", accounts.c.tenant, accounts.c.sort, accounts.c.id)
Index("ix_prm_deals_updated", deals.c.tenant, deals.c.updated, deals.c.id)
Index("ix_prm_deals_partner", deals.c.tenant, deals.c.partner_id, deals.c.updated, deals.c.id)
Index("ix_prm_deals_state", deals.c.tenant, deals.c.state, deals.c.updated, deals.c.id)
Index("ix_prm_deals_queue", deals.c.tenant, deals.c.state, deals.c.submitted, deals.c.id)
Index("ix_prm_deals_open", deals.c.tenant, deals.c.partner_id, deals.c.state)
Index("ix_prm_deals_account", deals.c.tenant, deals.c.account_id, deals.c.updated)
Index("ix_prm_deals_due", deals.c.due, sqlite_where=deals.c.due > 0, postgresql_where=deals.c.due > 0)
Index("uq_prm_deals_ref", deals.c.tenant, deals.c.partner_id, deals.c.partner_ref, unique=True)
Index("ix_prm_invitations_deal", invitations.c.tenant, invitations.c.deal_id, invitations.c.state)
Index("ix_prm_invitations_invitee", invitations.c.tenant, invitations.c.invitee, invitations.c.state)
Index("ix_prm_invitations_inviter", invitations.c.tenant, invitations.c.inviter)
Index("ix_prm_allocations_partner", allocations.c.tenant, allocations.c.partner_id)
Index("ix_prm_fund_requests_partner", fund_requests.c.tenant, fund_requests.c.partner_id, fund_requests.c.created)
Index("ix_prm_fund_requests_created", fund_requests.c.tenant, fund_requests.c.created)


def _keys(name: str) -> Table:
    """Identity keys (64-bit digests) to the numbers of the records that have them."""
    return Table(
        f"prm_{name}",
        metadata,
        Column("key", BigInteger, nullable=False),
        Column("record", NUMBER, nullable=False),
        PrimaryKeyConstraint("key", "record"),
        Index(f"ix_prm_{name}_record", "record"),
        sqlite_with_rowid=False,
    )


deal_keys = _keys("deal_keys")
account_keys = _keys("account_keys")

members = Table(
    "prm_opportunity_members",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("partner_id", Text, nullable=False),
    Column("opportunity_id", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "partner_id", "opportunity_id"),
)
idempotency = Table(
    "prm_idempotency",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "principal", "key"),
)
events = Table(
    "prm_events",
    metadata,
    Column("seq", NUMBER, primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_prm_events_tenant", "tenant", "seq"),
    sqlite_autoincrement=True,
)
viewers = Table(
    "prm_event_viewers",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("partner_id", Text, nullable=False),
    Column("seq", NUMBER, nullable=False),
    PrimaryKeyConstraint("tenant", "partner_id", "seq"),
)
webhooks = Table(
    "prm_webhooks",
    metadata,
    _number(),
    Column("tenant", Text, nullable=False),
    Column("partner_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next", BigInteger, nullable=False),
    Column("failure", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)
decisions = Table(
    "prm_decisions",
    metadata,
    _number(),
    Column("tenant", Text, nullable=False),
    Column("deal_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Index("ix_prm_decisions_deal", "tenant", "deal_id", "no"),
)
