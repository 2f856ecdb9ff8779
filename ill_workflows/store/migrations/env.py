"""Alembic's entry: migrations run on the connection that the store hands over."""

from alembic import context

from ill_workflows.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
