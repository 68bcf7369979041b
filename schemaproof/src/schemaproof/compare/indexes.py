"""Indexes."""

from __future__ import annotations

from collections.abc import Iterator

from schemaproof.compare.attributes import attributes
from schemaproof.compare.constraints import changed_constraints
from schemaproof.compare.difference import Difference
from schemaproof.compare.pairs import came, pairs, renames, went
from schemaproof.schema.kinds import INDEX, UNIQUE_INDEX, ObjectKind
from schemaproof.schema.paths import path
from schemaproof.schema.shapes import Index, Relation


def compare_indexes(schema: str, expected: Relation, actual: Relation) -> Iterator[Difference]:
    """Compare the indexes of one table.

    Where an index comes, goes or changes with its constraint, the constraint says so, not the
    index.
    """
    if expected.indexes == actual.indexes:
        return
    changed = changed_constraints(expected, actual)
    renamed = renames(expected.indexes, actual.indexes, same)
    for wanted, found in pairs(expected.indexes, actual.indexes):
        if wanted is not None and found is not None:
            where = path(schema, expected.name, wanted.name)
            codes = dict(_kind(wanted).compared)
            if wanted.constraint in changed:
                del codes["definition"]
            yield from attributes(where, wanted, found, codes)
        elif wanted is not None and wanted.constraint is None:
            where = path(schema, expected.name, wanted.name)
            hint = went(renamed, wanted.name)
            code, definition = _kind(wanted).missing, str(wanted.definition)
            yield Difference(code, where, definition, None, hint=hint)
        elif found is not None and found.constraint is None:
            where = path(schema, expected.name, found.name)
            hint = came(renamed, found.name)
            code, definition = _kind(found).unexpected, str(found.definition)
            yield Difference(code, where, None, definition, hint=hint)


def without_name(name: str, definition: str) -> str:
    """Return the definition of an index without its name.

    >>> without_name("i ON j", 'CREATE INDEX "i ON j" ON q.t USING btree (a)')
    'CREATE INDEX ON q.t USING btree (a)'
    """
    return definition.replace(f" INDEX {path(name)} ON ", " INDEX ON ", 1)


def same(one: Index, other: Index) -> bool:
    """Whether they stand alone and index the same, whatever they are called."""
    # What a constraint owns is renamed with it.
    if one.constraint is not None or other.constraint is not None:
        return False
    return not prints_without_name(one).isdisjoint(prints_without_name(other))


def prints_without_name(index: Index) -> set[str]:
    """Return how an index is printed, without its name."""
    return {without_name(index.name, text) for text in index.definition.prints}


def _kind(index: Index) -> ObjectKind:
    return UNIQUE_INDEX if str(index.definition).startswith("CREATE UNIQUE ") else INDEX
