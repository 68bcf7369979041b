"""Compare columns."""

from collections.abc import Iterator
from typing import Final

from schemaproof.compare.attributes import attributes
from schemaproof.compare.difference import Difference
from schemaproof.compare.pairs import pairs
from schemaproof.schema.database_objects import Column, Relation
from schemaproof.schema.kinds import COLUMN
from schemaproof.schema.paths import path

# If the type itself differs, the finding shows the type with its modifier. The type modifier,
# collation and storage depend on the type, so they are not compared as well.
_OF_ONE_TYPE: Final = {
    "full_type" if attribute == "type_modifier" else attribute: code
    for attribute, code in COLUMN.compared.items()
}
_OF_ANOTHER_TYPE: Final = {
    "full_type" if attribute == "type" else attribute: code
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
            compared = _OF_ONE_TYPE if wanted.type == found.type else _OF_ANOTHER_TYPE
            yield from attributes(where, wanted, found, compared)


def _described(column: Column) -> str:
    parts = [column.full_type, column.nullability]
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if column.generated is not None:
        parts.append(f"GENERATED ALWAYS AS {column.generated}")
    if column.identity is not None:
        parts.append(f"GENERATED {column.identity} AS IDENTITY")
    return " ".join(parts)
