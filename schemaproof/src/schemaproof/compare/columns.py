"""Columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemaproof.compare.difference import Difference
from schemaproof.compare.tools import attributes, came, pairs, renames, went
from schemaproof.schema.paths import path
from schemaproof.schema.shapes import Column, Relation

ATTRIBUTES: Final = {
    "type": "column-type",
    "type_modifier": "column-type-modifier",
    "nullability": "column-nullability",
    "default": "column-default",
    "identity": "column-identity",
    "generated": "column-generated",
    "collation": "column-collation",
    "storage": "column-storage",
    "compression": "column-compression",
    "statistics": "column-statistics",
    "options": "column-options",
    "privileges": "column-privileges",
    "comment": "column-comment",
}
# Length, precision, collation and storage mean nothing without the type.
_OF_ANOTHER_TYPE: Final = {
    attribute: code
    for attribute, code in ATTRIBUTES.items()
    if attribute not in {"type_modifier", "collation", "storage"}
}


def compare_columns(schema: str, expected: Relation, actual: Relation) -> Iterator[Difference]:
    """Compare the columns of one table."""
    if expected.columns == actual.columns:
        return
    renamed = renames(expected.columns, actual.columns, same)
    for wanted, found in pairs(expected.columns, actual.columns):
        if found is None and wanted is not None:
            where = path(schema, expected.name, wanted.name)
            hint = went(renamed, wanted.name)
            yield Difference("column-missing", where, _described(wanted), None, hint=hint)
        elif wanted is None and found is not None:
            where = path(schema, expected.name, found.name)
            hint = came(renamed, found.name)
            yield Difference("column-unexpected", where, None, _described(found), hint=hint)
        elif wanted is not None and found is not None:
            where = path(schema, expected.name, wanted.name)
            compared = ATTRIBUTES if wanted.type == found.type else _OF_ANOTHER_TYPE
            yield from attributes(where, wanted, found, compared)


def same(one: Column, other: Column) -> bool:
    """Whether they differ in nothing but the name, the position included."""
    return one.position == other.position and not any(attributes("", one, other, ATTRIBUTES))


def _described(column: Column) -> str:
    modifier = f" {column.type_modifier}" if column.type_modifier else ""
    return f"{column.type}{modifier} {column.nullability}"
