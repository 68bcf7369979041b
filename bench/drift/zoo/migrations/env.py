"""The environment of Alembic's own template, on the connection that it is handed."""

from alembic import context
from zoo_models import metadata

with context.config.attributes["connection"].connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
