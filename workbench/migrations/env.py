"""Alembic's entry: runs the migrations on the connection that `workbench.database` hands over."""

from alembic import context

from workbench.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a column by copying the table
)
with context.begin_transaction():
    context.run_migrations()
