"""Indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from introspection.compare.difference import Difference
from introspection.compare.tools import attributes, pairs
from introspection.paths import path
from introspection.shapes import Index, Relation

ATTRIBUTES: Final = {
    "definition": "changed",
    "valid": "invalid",
    "constraint": "constraint",
    "comment": "comment",
}


def compare_indexes(schema: str, expected: Relation, actual: Relation) -> Iterator[Difference]:
    """Compare the indexes of one table.

    Where an index comes and goes with its constraint, the constraint says so, not the index.
    """
    for wanted, found in pairs(expected.indexes, actual.indexes):
        if wanted is not None and found is not None:
            where = path(schema, expected.name, wanted.name)
            yield from attributes(where, wanted, found, _codes(wanted))
        elif wanted is not None and wanted.constraint is None:
            where = path(schema, expected.name, wanted.name)
            yield Difference(f"{_kind(wanted)}-missing", where, str(wanted.definition), None)
        elif found is not None and found.constraint is None:
            where = path(schema, expected.name, found.name)
            yield Difference(f"{_kind(found)}-unexpected", where, None, str(found.definition))


def _codes(index: Index) -> dict[str, str]:
    return {attribute: f"{_kind(index)}-{what}" for attribute, what in ATTRIBUTES.items()}


def _kind(index: Index) -> str:
    return "unique-index" if str(index.definition).startswith("CREATE UNIQUE ") else "index"
