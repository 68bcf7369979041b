"""Tables that become partitioned: the request to the project's Python, and obstacles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from schemaproof.compare import Difference
from schemaproof.compare.parents import parent_and_bounds
from schemaproof.schema.database_objects import Relation, Snapshot
from schemaproof.schema.paths import ObjectPath, path

_KINDS: Final = frozenset({"table", "primary-key", "unique", "index", "unique-index"})
_OWN_INDEX: Final = frozenset({"primary-key", "unique", "exclusion"})
_PARTITIONED: Final = "partitioned table"
_BACK: Final = (
    "it has partitions, and is an ordinary table in the models: its rows would have to be written"
    " to another table while nobody reads or writes them. No revision was written"
)
_WHY: Final = "it becomes partitioned; this is not written, because {}"


@dataclass(frozen=True, slots=True)
class Parts:
    """The objects that belong to a table.

    Attributes:
        constraints: The name, the kind and the definition of each constraint.
        indexes: The name of each index that belongs to no constraint, whether the index is unique,
            and the part of its definition after the table.
        comment: The comment of the table.
    """

    constraints: tuple[tuple[str, str, str], ...]
    indexes: tuple[tuple[str, bool, str], ...]
    comment: str | None


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """A table that becomes partitioned.

    Attributes:
        table: The schema and the name of the table.
        key: The partition key.
        partitions: The partitions, each after its parent: the partition and its parent as SQL
            writes them, the bounds, and the partition key of the partition itself, if any.
        before: The objects that belong to the table.
        after: The objects that will belong to the table.
    """

    table: tuple[str, ...]
    key: str
    partitions: tuple[tuple[str, str, str, str | None], ...]
    before: Parts
    after: Parts


class Found(NamedTuple):
    """The tables that become partitioned, notes for the reader, and the other changes."""

    tables: list[PartitionedTable]
    notes: list[str]
    rest: list[Difference]


def found(asked: Sequence[Difference], before: Snapshot, after: Snapshot) -> Found:
    """Return the tables that become partitioned.

    Args:
        asked: The differences that the revision removes.
        before: The schema before the change.
        after: The schema after the change.
    """
    made = Found([], [], [*asked])
    for one in [one for one in asked if one.code == "table-kind"]:
        table = one.path.object
        own = [other for other in made.rest if other.path.object == table]
        partitions = [*_partitions(after, path(*table))]
        names = {other[0] for other in partitions}
        made.rest[:] = [
            other
            for other in made.rest
            if other not in own and path(*other.path.object) not in names
        ]
        if one.actual != _PARTITIONED:
            made.notes.append(f"{one.path}: {_BACK}")
            continue
        old, new = (dict(side.all_relations())[path(*table)] for side in (before, after))
        reason = _reason(own, old, new, partitions)
        if reason:
            made.notes.append(f"{one.path}: {_WHY.format(reason)}")
            continue
        made.tables.append(
            PartitionedTable(
                table,
                str(new.partition_key),
                tuple(partitions),
                _parts(old, path(*table)),
                _parts(new, path(*table)),
            )
        )
        if all(one[2] != "DEFAULT" for one in partitions) and "HASH" not in str(new.partition_key):
            made.notes.append(f"{one.path}: rows without a partition fail from the first revision")
    return made


def _reason(
    own: Sequence[Difference], old: Relation, new: Relation, partitions: Sequence[Any]
) -> str | None:
    """Return why the change cannot be made while others read and write."""
    others = sorted({one.path for one in own if one.code.kind not in _KINDS})
    if others:
        return f"other parts of it change, too ({', '.join(others)}): have a revision do that first"
    if old.objects or old.partition_of or old.inherits:
        names = ", ".join(f"{one.kind} {one.name}" for one in old.objects) or "a parent"
        return f"it has objects other than columns, keys, checks and indexes: {names}"
    if not partitions:
        return (
            "the models create no partition of it, so its rows cannot be stored: create partitions"
            " with the table (event.listen(table, 'after_create', DDL('CREATE TABLE ... PARTITION"
            " OF ...')))"
        )
    if all(one.kind != "primary-key" for one in new.constraints):
        return "it has no primary key, by which its rows are found again"
    both = (*old.constraints, *new.constraints)
    if any(one.kind == "exclusion" or not one.validated for one in both):
        return "it has an EXCLUDE constraint, or one that is NOT VALID"
    return None


def _partitions(
    snapshot: Snapshot, whole: ObjectPath
) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield the partitions of a table, each before its own partitions."""
    for here, relation in snapshot.all_relations():
        if relation.partition_of is None:
            continue
        parent, bounds = parent_and_bounds(relation.partition_of)
        if parent == whole:
            key = relation.partition_key
            yield here, parent, bounds, str(key) if key else None
            yield from _partitions(snapshot, here)


def _parts(relation: Relation, table: ObjectPath) -> Parts:
    constraints = tuple(
        (one.name, one.kind, str(one.definition))
        for one in relation.constraints
        if one.kind in {*_OWN_INDEX, "foreign-key", "check"}
    )
    owned = {name for name, kind, _ in constraints if kind in _OWN_INDEX}
    indexes = []
    for one in relation.indexes:
        if one.name not in owned:
            made = str(one.definition).replace(f" ON ONLY {table} ", f" ON {table} ", 1)
            head, _, rest = made.partition(f" ON {table} ")
            indexes.append((one.name, head.startswith("CREATE UNIQUE"), rest))
    return Parts(constraints, tuple(indexes), relation.comment)
