"""Pure comparison of two snapshots: no database, no SQLAlchemy, no clock."""

from __future__ import annotations

from collections.abc import Iterator

from introspection.compare import columns, constraints, indexes, relations, sequences
from introspection.compare.difference import Comparison, Difference
from introspection.compare.tools import attributes, pairs
from introspection.paths import path
from introspection.shapes import Schema, Snapshot

__all__ = ["Comparison", "Difference", "compare"]

_SCHEMA_ATTRIBUTES = {"comment": "schema-comment"}


def compare(expected: Snapshot, actual: Snapshot) -> Comparison:
    """Return every difference between what should be and what is, in the order of the paths."""
    differences = tuple(_differences(expected, actual))
    return Comparison(differences, *_extent(expected))


def _differences(expected: Snapshot, actual: Snapshot) -> Iterator[Difference]:
    expected_columns, actual_columns = _columns(expected), _columns(actual)
    for wanted, found in pairs(expected.schemas, actual.schemas):
        if wanted is not None and found is None:
            yield Difference("schema-missing", path(wanted.name), "schema", None)
        here = wanted or Schema(name=found.name if found else "")
        there = found or Schema(name=here.name)
        if wanted is not None and found is not None:
            yield from attributes(path(here.name), wanted, found, _SCHEMA_ATTRIBUTES)
        yield from relations.compare_relations(here, there)
        yield from sequences.compare_sequences(
            here, there, expected_columns=expected_columns, actual_columns=actual_columns
        )


def _columns(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(
        path(schema.name, relation.name, column.name)
        for schema in snapshot.schemas
        for relation in schema.relations
        for column in relation.columns
    )


def _extent(snapshot: Snapshot) -> tuple[int, int]:
    """Count the objects that are expected, and the attributes of theirs that are compared."""
    objects = compared = 0
    for schema in snapshot.schemas:
        groups = [
            (len(schema.relations), relations.ATTRIBUTES),
            (len(schema.sequences), sequences.ATTRIBUTES),
            *((len(table.columns), columns.ATTRIBUTES) for table in schema.relations),
            *((len(table.constraints), constraints.ATTRIBUTES) for table in schema.relations),
            *((len(table.indexes), indexes.ATTRIBUTES) for table in schema.relations),
        ]
        objects += 1 + sum(count for count, _ in groups)
        compared += len(_SCHEMA_ATTRIBUTES) + sum(count * len(codes) for count, codes in groups)
    return objects, compared
