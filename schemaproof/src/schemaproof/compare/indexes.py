"""Compare indexes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemaproof.compare.attributes import attributes
from schemaproof.compare.constraints import changed_constraints
from schemaproof.compare.difference import Difference
from schemaproof.compare.pairs import pairs
from schemaproof.schema.database_objects import Index, Relation
from schemaproof.schema.kinds import INDEX, UNIQUE_INDEX, ObjectKind
from schemaproof.schema.paths import path
from schemaproof.schema.values import SqlText


def compare_indexes(schema: str, expected: Relation, actual: Relation) -> Iterator[Difference]:
    """Compare the indexes of one table.

    An index that differs together with its constraint is reported for the constraint; an index of
    a partition is reported for the partitioned index, whatever name PostgreSQL has given to it.
    """
    if expected.indexes == actual.indexes:
        return
    changed = changed_constraints(expected, actual)
    for wanted, found in _pairs(expected.indexes, actual.indexes):
        if wanted is not None and found is not None:
            where = path(schema, expected.name, wanted.name)
            codes = dict(index_kind(wanted).compared)
            if wanted.constraint in changed:
                del codes["definition"]
            yield from attributes(where, wanted, found, codes)
        elif wanted is not None and _stands_alone(wanted):
            where = path(schema, expected.name, wanted.name)
            code, definition = index_kind(wanted).missing, str(wanted.definition)
            yield Difference(code, where, definition, None)
        elif found is not None and _stands_alone(found):
            where = path(schema, expected.name, found.name)
            code, definition = index_kind(found).unexpected, str(found.definition)
            yield Difference(code, where, None, definition)


def _pairs(
    expected: Sequence[Index], actual: Sequence[Index]
) -> Iterator[tuple[Index | None, Index | None]]:
    """Pair indexes of partitions by the index that they are attached to, all others by name."""
    attached = {one.parent: one for one in actual if _is_attached(one)}
    left, others = [], {one.name: one for one in actual}
    for wanted in expected:
        found = attached.get(wanted.parent) if _is_attached(wanted) else None
        if found is None:
            left.append(wanted)
        else:
            del others[found.name]
            yield wanted, _with_name(found, wanted.name)
    yield from pairs(left, others.values())


def _is_attached(index: Index) -> bool:
    return index.constraint is None and index.parent is not None


def _with_name(index: Index, name: str) -> Index:
    if index.name == name:
        return index
    old, new = (f"INDEX {path(one)} ON " for one in (index.name, name))
    prints = (text.replace(old, new, 1) for text in index.definition.prints)
    return replace(index, name=name, definition=SqlText(tuple(prints)))


def _stands_alone(index: Index) -> bool:
    return index.constraint is None and index.parent is None


def index_kind(index: Index) -> ObjectKind:
    """Return the kind in the codes about an index."""
    return UNIQUE_INDEX if str(index.definition).startswith("CREATE UNIQUE ") else INDEX
