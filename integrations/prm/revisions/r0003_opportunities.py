"""What opportunities of the AWS wire are listed by, in columns; those kept before are entered."""

from __future__ import annotations

from alembic import op
from pydantic import TypeAdapter
from sqlalchemy import insert, select, update

from integrations.prm.aws_wire.tables import documents, opportunities
from integrations.prm.register.schema import metadata

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table and enter what is there."""
    from integrations.prm.aws_wire.opportunity import (  # noqa: PLC0415 - read once in a database's life
        Opportunity,
        OpportunityDrawer,
    )

    connection = op.get_bind()
    metadata.create_all(connection, tables=[opportunities])
    entered = select(opportunities.c.id).where(opportunities.c.tenant == documents.c.tenant)
    missing = select(documents.c.tenant, documents.c.catalog, documents.c.body).where(
        documents.c.kind == OpportunityDrawer.NAME, documents.c.id.not_in(entered)
    )
    stored: TypeAdapter[Opportunity] = TypeAdapter(Opportunity)
    for row in connection.execute(missing).all():
        opportunity = stored.validate_json(row.body)
        named = (documents.c.tenant == row.tenant, documents.c.catalog == row.catalog, documents.c.id == opportunity.id)
        connection.execute(update(documents).where(*named).values(about=opportunity.about))
        if not opportunity.offered:
            values = OpportunityDrawer.columns(opportunity)
            connection.execute(insert(opportunities).values(tenant=row.tenant, catalog=row.catalog, **values))


def downgrade() -> None:
    """Drop it."""
    metadata.drop_all(op.get_bind(), tables=[opportunities])
