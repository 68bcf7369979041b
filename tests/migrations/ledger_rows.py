"""What the ledger of a database says."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from tests.servers import Database


def rows(database: Database, columns: str = "revision, direction") -> list[tuple[Any, ...]]:
    """Return some columns of every row, oldest first."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM public.monps_migration_ledger ORDER BY id")
        return list(cursor.fetchall())
