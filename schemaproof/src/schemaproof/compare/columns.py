"""Columns."""

from collections.abc import Iterator
from typing import Final

from schemaproof.compare.attributes import attributes
from schemaproof.compare.difference import Difference
from schemaproof.compare.pairs import pairs
from schemaproof.schema.database_objects import Column, Relation
from schemaproof.schema.kinds import COLUMN
from schemaproof.schema.paths import path

# Length, precision, collation and storage mean nothing without the type.
_OF_ANOTHER_TYPE: Final = {
    attribute: code
    for attribute, code in COLUMN.compared.items()
    if attribute not in {"type_modifier", "collation", "storage"}
}


def compare_columns(schema: str, expected: Relation, actual: Relation) -> Iterator[Difference]:
    """Compare the columns of one table."""
    if expected.columns == actual.columns:
        return
    for wanted, found in pairs(expected.columns, actual.columns):
        if found is None and wanted is not None:
            where = path(schema, expected.name, wanted.name)
            yield Difference(COLUMN.missing, where, _described(wanted), None)
        elif wanted is None and found is not None:
            where = path(schema, expected.name, found.name)
            yield Difference(COLUMN.unexpected, where, None, _described(found))
        elif wanted is not None and found is not None:
            where = path(schema, expected.name, wanted.name)
            compared = COLUMN.compared if wanted.type == found.type else _OF_ANOTHER_TYPE
            yield from attributes(where, wanted, found, compared)


def _described(column: Column) -> str:
    modifier = f" {column.type_modifier}" if column.type_modifier else ""
    return f"{column.type}{modifier} {column.nullability}"
