"""The env.py of Alembic's template for our models, for `alembic check`."""

from collections.abc import Mapping
from typing import Any

from alembic import context

from core import config, database
from models import Base

TABLES = {(table.schema, table.name) for table in Base.metadata.tables.values()}


def include_name(name: str | None, kind: str, parents: Mapping[Any, str | None]) -> bool:
    if kind == "schema":
        return name in {schema for schema, _ in TABLES}
    return kind != "table" or (parents["schema_name"], name) in TABLES


with database.create_migration_engine(config.get_settings()).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_name=include_name,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
