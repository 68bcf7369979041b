"""Rename objects of the example snapshot."""

from typing import Any

from schemaproof.compare import compare
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.snapshot_strategies import sql
from schemaproof_testing.snapshots import EXAMPLE, OBJECT_OF, Address, T, changed

PK_INDEX = (*T, ("indexes", "primary-key"))
C, CHECK, INDEX = OBJECT_OF["column"], OBJECT_OF["check"], OBJECT_OF["index"]
INDEX_SQL = "CREATE INDEX {} ON q.t (c)"


def renames(expected: Snapshot, actual: Snapshot) -> dict[str, str | None]:
    """Return the renames that a comparison found: the actual name of each object by its path."""
    found = compare(expected, actual).differences
    assert {difference.code.aspect for difference in found} <= {"renamed"}
    return {difference.path: difference.actual for difference in found}


def renamed(address: Address, name: str, **changes: Any) -> Snapshot:
    """Return the example snapshot with one of its objects renamed."""
    if address == INDEX:
        changes = {"definition": sql(INDEX_SQL.format(name)), **changes}
    return changed(EXAMPLE, address, name=name, **changes)
