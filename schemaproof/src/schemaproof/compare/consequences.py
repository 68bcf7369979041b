"""Drop differences that are only consequences of other differences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from schemaproof.compare.difference import Difference
from schemaproof.compare.parents import parent_relations
from schemaproof.schema.codes import Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.kinds import COLUMN, SEQUENCE
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql.sql_names import mentioned

_TYPE: Final = COLUMN.code("type")
# The column of a view takes these attributes from the column that it shows.
_SHOWN: Final = frozenset({_TYPE, COLUMN.code("type-modifier"), COLUMN.code("collation")})
_SEQUENCE_TYPE: Final = SEQUENCE.code("type")
_MAXIMUM: Final = SEQUENCE.code("maximum")
# By default a sequence ends at the limit of its type (PostgreSQL manual, CREATE SEQUENCE).
_ENDS: Final = {
    "smallint": str(2**15 - 1),
    "integer": str(2**31 - 1),
    "bigint": str(2**63 - 1),
}

_Found = frozenset[tuple[str, str, str | None, str | None]]


def without_consequences(
    expected: Snapshot, differences: Sequence[Difference]
) -> Iterator[Difference]:
    """Yield the differences that are not consequences of others.

    A child takes columns from its parent, a view from its tables, and a sequence the type of its
    column.
    """
    found = frozenset((one.code, one.path, one.expected, one.actual) for one in differences)
    if not any(one.code.kind in {COLUMN.name, SEQUENCE.name} for one in differences):
        yield from differences
        return
    columns = {
        where: sequence.owned_by
        for where, sequence in expected.all_sequences()
        if sequence.owned_by is not None
    }
    parents, read = _parents(expected), _read(expected)
    for one in differences:
        if one.code == _MAXIMUM and _is_of_type(one, _SEQUENCE_TYPE, one.path, found):
            continue
        owner = columns.get(one.path) if one.code.kind == SEQUENCE.name else None
        if owner is not None and _is_of_the_column(one, owner, found):
            continue
        if one.code.kind == COLUMN.name and _is_inherited(one, parents, found):
            continue
        if one.code in _SHOWN and _is_shown(one, read, found):
            continue
        yield one


def _is_of_the_column(one: Difference, column: ObjectPath, found: _Found) -> bool:
    if one.code == _SEQUENCE_TYPE:
        return (_TYPE, column, one.expected, one.actual) in found
    return one.code == _MAXIMUM and _is_of_type(one, _TYPE, column, found)


def _is_of_type(one: Difference, code: Code, where: ObjectPath, found: _Found) -> bool:
    """Whether the MAXVALUE of a sequence differs only because its type differs."""
    return any(
        (code, where, before, after) in found
        and (one.expected, one.actual) == (_ENDS[before], _ENDS[after])
        for before in _ENDS
        for after in _ENDS
    )


def _is_inherited(one: Difference, parents: Mapping[str, set[ObjectPath]], found: _Found) -> bool:
    name = one.path.names[-1]
    return any(
        (one.code, path(*parent.names, name), one.expected, one.actual) in found
        for parent in parents.get(path(*one.path.object), ())
    )


def _is_shown(one: Difference, read: Mapping[str, set[ObjectPath]], found: _Found) -> bool:
    here = path(*one.path.object)
    if here not in read or any(code == "view-definition" and at == here for code, at, *_ in found):
        return False
    return any(
        (code, before, after) == (one.code, one.expected, one.actual)
        and any(where.startswith(f"{other}.") for other in read[here])
        for code, where, before, after in found
    )


def _parents(snapshot: Snapshot) -> dict[str, set[ObjectPath]]:
    return {
        path(schema.name, relation.name): {
            path(schema.name, parent.name) for parent in parent_relations(relation, schema)
        }
        for schema in snapshot.schemas
        for relation in schema.relations
        if relation.partition_of or relation.inherits
    }


def _read(snapshot: Snapshot) -> dict[str, set[ObjectPath]]:
    """Return the relations that each view reads, directly or through other views."""
    places = dict(snapshot.all_relations())
    directly = {
        where: {other for other in places if other in mentioned(str(view.definition))}
        for where, view in places.items()
        if view.kind in {"view", "materialized view"}
    }
    return {where: _reached(where, directly) for where in directly}


def _reached(start: ObjectPath, directly: Mapping[ObjectPath, set[ObjectPath]]) -> set[ObjectPath]:
    reached: set[ObjectPath] = set()
    waiting = [start]
    while waiting:
        new = directly.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached
