"""The tables of the AWS wire and of the adapter for Partner Central."""

from __future__ import annotations

from alembic import op

from integrations.prm.aws_wire.tables import TABLES
from integrations.prm.register.schema import metadata

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create those that the first revision did not create already."""
    metadata.create_all(op.get_bind(), tables=list(TABLES))


def downgrade() -> None:
    """Drop them."""
    metadata.drop_all(op.get_bind(), tables=list(TABLES))
