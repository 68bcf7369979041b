"""Rows outside the bounds of their partition; PostgreSQL checks them only when it attaches a table.

Such rows appear when values are compared in another way than before: by a collation or a hash
function of another version of the operating system, or after a change of a catalog. The check reads
the tables, so it runs on request only.
"""

from collections.abc import Iterator

from schemaproof.catalog.catalog import reading
from schemaproof.catalog.catalog_queries import is_in_scope, query_rows
from schemaproof.catalog.untrusted_types import untrusted_types
from schemaproof.connection.raw_sql import AnyConnection, Row, scalar
from schemaproof.findings.findings import Finding, Kind
from schemaproof.output.counts import counted
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope
from schemaproof.sql import quoting

VIOLATED = Code("partition", "violated")


def violation_findings(connection: AnyConnection, scope: Scope) -> Iterator[Finding]:
    """Yield a finding for each partition with rows outside its bounds.

    Each partition is read in a separate transaction, so that no lock is held for long.

    Args:
        connection: The database to read.
        scope: The project whose partitions are read.
    """
    schemas = [*scope.managed, *scope.shared]
    with reading(connection):
        untrusted = untrusted_types(connection)
        parts = query_rows(
            connection, "partition_bounds", schemas=schemas, untrusted_types=untrusted
        )
    for part in parts:
        if not is_in_scope(scope, part["whole_schema"], part["whole"]):
            continue
        where = path(part["schema"], part["relation"])
        if reason := _why_unread(part):
            unverified = Code("partition", "unverified")
            yield Finding(unverified, Kind.UNVERIFIED, where, None, reason)
            continue
        with reading(connection):
            count = scalar(connection, _violations(part))
        if count:
            found = f"{counted(count, 'row')} outside of its bounds"
            yield Finding(VIOLATED, Kind.DRIFT, where, "no row", found)


def _why_unread(part: Row) -> str | None:
    if not part["trusted"]:
        return "comparing the key of the partitions could run the code of another role"
    return None if part["readable"] else "no privilege"


def _violations(part: Row) -> str:
    """Return the statement that counts the rows outside the bounds.

    A row for which the condition is null is allowed, as by a CHECK constraint.
    """
    source = quoting.name(part["schema"], part["relation"])
    return f"SELECT count(*) FROM {source} WHERE ({part['required']}) IS FALSE"  # noqa: S608 - quoted
