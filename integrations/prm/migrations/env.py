"""Runs the revisions of integrations/prm/revisions on the connection that the caller opened."""

from __future__ import annotations

from alembic import context

from integrations.prm.register.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table="prm_schema_version"
)
with context.begin_transaction():
    context.run_migrations()
