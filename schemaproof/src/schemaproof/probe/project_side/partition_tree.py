"""A partitioned table and its partitions."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import text

from .safe_steps import Table
from .tables_there import TablesThere

_TREE = """
SELECT n.nspname AS schema, c.relname AS name, t.isleaf AS leaf,
    p.nspname AS parent_schema, o.relname AS parent
FROM pg_partition_tree(CAST(CAST(:table AS text) AS regclass)) t
JOIN pg_class c ON c.oid = t.relid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class o ON o.oid = t.parentrelid
LEFT JOIN pg_namespace p ON p.oid = o.relnamespace
ORDER BY t.level, n.nspname, c.relname
"""


class Partition(NamedTuple):
    """A partitioned table, or one of its partitions.

    Attributes:
        table: Its schema and name.
        on: The table as SQL writes it.
        parent: The table that it is a partition of; None for the whole.
        is_leaf: Whether it stores rows itself.
    """

    table: Table
    on: str
    parent: Table | None
    is_leaf: bool


def partitions(there: TablesThere, whole: Table) -> list[Partition]:
    """Return a partitioned table, followed by all of its partitions."""
    rows = there.context.connection.execute(text(_TREE), {"table": there.quoted(*whole)})
    found = []
    for row in rows.mappings():
        table = (row["schema"], row["name"])
        parent = (row["parent_schema"], row["parent"]) if table != whole else None
        found.append(Partition(table, there.shown(table), parent, row["leaf"]))
    return found
