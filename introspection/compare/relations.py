"""Tables, and what may stand in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from introspection.compare.columns import compare_columns
from introspection.compare.constraints import compare_constraints
from introspection.compare.difference import Difference
from introspection.compare.indexes import compare_indexes
from introspection.compare.tools import attributes, pairs
from introspection.paths import path
from introspection.shapes import Relation, Schema

ATTRIBUTES: Final = {"kind": "table-kind", "comment": "table-comment"}


def compare_relations(expected: Schema, actual: Schema) -> Iterator[Difference]:
    """Compare the tables of one schema with everything in them."""
    for wanted, found in pairs(expected.relations, actual.relations):
        if wanted is not None and found is not None:
            where = path(expected.name, wanted.name)
            yield from attributes(where, wanted, found, ATTRIBUTES)
            yield from compare_columns(expected.name, wanted, found)
            yield from compare_constraints(expected.name, wanted, found)
            yield from compare_indexes(expected.name, wanted, found)
        elif wanted is not None:
            where = path(expected.name, wanted.name)
            yield Difference("table-missing", where, _described(wanted), None)
        elif found is not None:
            where = path(expected.name, found.name)
            yield Difference("table-unexpected", where, None, _described(found))


def _described(relation: Relation) -> str:
    return f"{relation.kind} of {len(relation.columns)} columns"
