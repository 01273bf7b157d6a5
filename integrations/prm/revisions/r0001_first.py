"""All tables of the first release."""

from __future__ import annotations

from alembic import op

from integrations.prm.register.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    metadata.drop_all(op.get_bind())
