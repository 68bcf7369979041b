"""The sizes of tables, and the time that work on them takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from schemaproof.catalog.untrusted_types import untrusted_types
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.lint.lock_modes import Lock, Work
from schemaproof.lint.queries import SQL
from schemaproof.lint.relations import with_schema
from schemaproof.schema.paths import ObjectPath

_MEBIBYTE: Final = 1024 * 1024
# These are cautious assumptions about a server with ordinary disks; docs/migrating.md explains
# them.
_BYTES_PER_SECOND: Final = {
    Work.SCAN: 200 * _MEBIBYTE,
    Work.BUILD: 40 * _MEBIBYTE,
    Work.REWRITE_UNLESS_UTC: 40 * _MEBIBYTE,
    Work.REWRITE: 40 * _MEBIBYTE,
}


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a table.

    Attributes:
        rows: The estimated number of rows.
        table_bytes: The size without indexes.
        index_bytes: The size of its indexes.
        unread: Whether reading the rows could run code of another role or would hide some rows.
    """

    rows: int
    table_bytes: int
    index_bytes: int
    unread: bool = False


def table_sizes(connection: AnyConnection, names: Iterable[ObjectPath]) -> Mapping[str, Size]:
    """Return the sizes of the tables that exist."""
    wanted = {name: with_schema(name) for name in names}
    asked = {
        "names": sorted(set(wanted.values())),
        "untrusted_types": untrusted_types(connection),
    }
    read = rows(connection, SQL.for_driver("table_sizes"), asked)
    found = {row.pop("name"): Size(**row) for row in read}
    return {name: found[table] for name, table in wanted.items() if table in found}


def seconds(lock: Lock, size: Size | None) -> float | None:
    """Estimate how long a statement holds a lock; None when unknown."""
    if size is None or lock.work in {Work.UNKNOWN, Work.ROWS}:
        return None
    if lock.work is Work.CATALOG:
        return 0.0
    is_rewrite = lock.work in {Work.REWRITE, Work.REWRITE_UNLESS_UTC}
    rewritten = size.index_bytes if is_rewrite else 0
    return (size.table_bytes + rewritten) / _BYTES_PER_SECOND[lock.work]
