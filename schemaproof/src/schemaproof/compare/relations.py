"""Tables, and what may stand in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemaproof.compare.columns import compare_columns
from schemaproof.compare.constraints import compare_constraints
from schemaproof.compare.difference import Difference
from schemaproof.compare.indexes import compare_indexes
from schemaproof.compare.objects import compare_objects
from schemaproof.compare.tools import attributes, came, pairs, renames, went
from schemaproof.schema.paths import path
from schemaproof.schema.shapes import Relation, Schema

_COMMON: Final = {
    "owner": "owner",
    "privileges": "privileges",
    "options": "options",
    "comment": "comment",
}
_STORED: Final = {
    "access_method": "access-method",
    "tablespace": "tablespace",
    "replica_identity": "replica-identity",
}
_CHILD: Final = {"partition_of": "partition", "inherits": "inherits"}
_TABLE: Final = {
    **_CHILD,
    "persistence": "persistence",
    "partition_key": "partition-key",
    "of_type": "of-type",
    "row_security": "row-security",
}
ATTRIBUTES: Final = {
    "table": {**_TABLE, **_STORED, **_COMMON},
    "view": {"definition": "definition", **_COMMON},
    "materialized-view": {
        "definition": "definition",
        "populated": "not-populated",
        **_STORED,
        **_COMMON,
    },
    "foreign-table": {"definition": "definition", **_CHILD, **_COMMON},
}
"""The attributes that a relation of each kind has, with the ends of their codes."""


def compare_relations(expected: Schema, actual: Schema) -> Iterator[Difference]:
    """Compare the tables of one schema with everything in them."""
    if expected.relations == actual.relations:
        return
    renamed = renames(expected.relations, actual.relations, same)
    for wanted, found in pairs(expected.relations, actual.relations):
        if wanted is not None and found is not None:
            if wanted != found:
                yield from _compare(expected.name, wanted, found)
        elif wanted is not None:
            where = path(expected.name, wanted.name)
            hint = went(renamed, wanted.name)
            yield Difference(
                f"{prefix(wanted)}-missing", where, _described(wanted), None, hint=hint
            )
        elif found is not None:
            where = path(expected.name, found.name)
            hint = came(renamed, found.name)
            code = f"{prefix(found)}-unexpected"
            yield Difference(code, where, None, _described(found), hint=hint)


def prefix(relation: Relation) -> str:
    """Return what the codes about a relation begin with."""
    if relation.kind in {"table", "partitioned table"}:
        return "table"
    return relation.kind.replace(" ", "-")


def _compare(schema: str, wanted: Relation, found: Relation) -> Iterator[Difference]:
    where = path(schema, wanted.name)
    start = prefix(wanted)
    if wanted.kind == found.kind:
        codes = {name: f"{start}-{what}" for name, what in ATTRIBUTES[start].items()}
        yield from attributes(where, wanted, found, codes)
    else:
        yield Difference(f"{start}-kind", where, wanted.kind, found.kind)
    yield from compare_columns(schema, wanted, found)
    yield from compare_constraints(schema, wanted, found)
    yield from compare_indexes(schema, wanted, found)
    yield from compare_objects(where, wanted.objects, found.objects)


def same(one: Relation, other: Relation) -> bool:
    """Whether they look alike; what is in them keeps its names when a table is renamed."""
    return one.kind == other.kind and one.columns == other.columns and _names(one) == _names(other)


def _names(relation: Relation) -> list[str]:
    constraints = [constraint.name for constraint in relation.constraints]
    return constraints + [index.name for index in relation.indexes]


def _described(relation: Relation) -> str:
    return f"{relation.kind} of {len(relation.columns)} columns"
