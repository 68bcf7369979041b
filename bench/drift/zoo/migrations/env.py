"""The environment of Alembic's own template, on the connection that it is handed, if it is."""

from alembic import context
from sqlalchemy import NullPool, create_engine
from zoo_models import metadata

engine = context.config.attributes.get("connection") or create_engine(
    "postgresql+psycopg2://", poolclass=NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
