"""The env.py of Alembic's template with all comparisons switched on."""

from collections.abc import Mapping
from typing import Any

from alembic import context

given = context.config.attributes
MODELS = {(table.schema, table.name) for table in given["metadata"].tables.values()}


def include_name(name: str | None, kind: str, parents: Mapping[Any, str | None]) -> bool:
    if kind == "schema":
        return name in given["schemas"]
    if kind != "table":
        return True
    schema = parents["schema_name"]
    if schema in given.get("shared", {None}):
        return (schema, name) in MODELS
    return (schema, name) not in given["strangers"]


with given["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=given["metadata"],
        include_schemas=True,
        include_name=include_name,
        compare_type=True,
        compare_server_default=True,
        version_table_schema="public",
    )
    with context.begin_transaction():
        context.run_migrations()
