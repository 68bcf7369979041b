"""Recreate indexes that differ in what Alembic does not compare: condition, method or options."""

from __future__ import annotations

from typing import Any

from alembic.operations.ops import CreateIndexOp, DropIndexOp, ModifyTableOps
from sqlalchemy import MetaData, Table

from .asked_operations import Asked
from .operation_walk import operations_in

_KINDS = frozenset(("index", "unique-index"))


def write_changes(container: Any, asked: Asked, tables: list[Any], connection: Any) -> None:
    """Add operations that recreate the indexes that differ, unless an operation already does.

    Args:
        container: The operations of the upgrade.
        asked: The differences.
        tables: The tables of the models.
        connection: A connection to a database at the revision that the change follows.
    """
    named = (one for one in operations_in(container) if hasattr(one, "index_name"))
    written = {str(one.index_name) for one in named}
    differing = [tuple(one["names"]) for one in asked.about_kinds(frozenset(("changed",)), _KINDS)]
    for table in tables:
        for index in table.indexes:
            where = (table.schema or asked.default_schema, str(table.name), str(index.name))
            if where in differing and where[-1] not in written:
                old = Table(table.name, MetaData(), schema=table.schema, autoload_with=connection)
                [there] = [one for one in old.indexes if one.name == where[-1]]
                ops = [DropIndexOp.from_index(there), CreateIndexOp.from_index(index)]
                container.ops.append(ModifyTableOps(table.name, ops, schema=table.schema))
