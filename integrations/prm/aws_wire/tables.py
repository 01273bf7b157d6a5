"""The tables of the AWS wire: documents as Partner Central shows them, and the access keys of partners.

A document is what the register cannot hold: every field of the vendor's record, kept beside the canonical deal.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from integrations.prm.register.schema import NUMBER, metadata

documents = Table(
    "prm_aws_documents",
    metadata,
    Column("no", NUMBER, primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("catalog", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("about", Text, nullable=False, server_default=""),
    Column("modified", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("tenant", "catalog", "kind", "id", name="uq_prm_aws_documents_id"),
)
Index(
    "ix_prm_aws_documents_owner",
    documents.c.tenant,
    documents.c.catalog,
    documents.c.kind,
    documents.c.owner,
    documents.c.modified,
    documents.c.id,
)
Index("ix_prm_aws_documents_about", documents.c.tenant, documents.c.catalog, documents.c.kind, documents.c.about)

# What the opportunities of a partner are listed by. Times are milliseconds since 1970; `status` is that of the review
# as far as the register has no deal of it, whose state counts then. One that is offered and not accepted has no row.
opportunities = Table(
    "prm_aws_opportunities",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("catalog", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("deal_id", Text, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("company", Text, nullable=False),
    Column("close", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "catalog", "id"),
    Index("ix_prm_aws_opportunities_owner", "tenant", "catalog", "owner", "modified", "id"),
)
keys = Table(
    "prm_aws_keys",
    metadata,
    Column("access_key", Text, primary_key=True),
    Column("secret", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("partner_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Index("ix_prm_aws_keys_partner", "tenant", "partner_id"),
    Index("ix_prm_aws_keys_account", "tenant", "account_id"),
)
intents = Table(
    "prm_aws_intents",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("record_id", Text, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "principal", "key"),
)
incoming = Table(
    "prm_aws_events",
    metadata,
    Column("seq", NUMBER, primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("partner_id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("tenant", "partner_id", "event_id", name="uq_prm_aws_events_id"),
    sqlite_autoincrement=True,
)
TABLES = (documents, keys, intents, incoming)
