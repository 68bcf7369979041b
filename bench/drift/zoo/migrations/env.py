"""Run the migrations on the connection that is passed, if there is one; it keeps the ledger."""

from alembic import context
from sqlalchemy import NullPool, create_engine
from zoo_models import metadata

from schemaproof.alembic import run_migrations

run_migrations(
    context.config.attributes.get("connection")
    or create_engine("postgresql+psycopg2://", poolclass=NullPool),
    target_metadata=metadata,
)
