"""Pure comparison of two snapshots: no database, no SQLAlchemy, no clock."""

from collections.abc import Iterator

from schemaproof.compare import objects, relations, sequences
from schemaproof.compare.attributes import attributes
from schemaproof.compare.consequences import without_consequences
from schemaproof.compare.difference import Comparison, Difference
from schemaproof.compare.pairs import pairs
from schemaproof.compare.renamed import Renamed
from schemaproof.compare.renames import with_right_names
from schemaproof.schema.codes import RENAMED
from schemaproof.schema.database_objects import Schema, Sequence, Snapshot
from schemaproof.schema.kinds import COLUMN, RELATIONS, SCHEMA, SEQUENCE
from schemaproof.schema.kinds.objects import OBJECT_ATTRIBUTES
from schemaproof.schema.kinds.parts import CONSTRAINT_ATTRIBUTES, INDEX_ATTRIBUTES
from schemaproof.schema.paths import ObjectPath, path

__all__ = ["Comparison", "Difference", "compare"]


def compare(expected: Snapshot, actual: Snapshot, *, rows_stay: bool = True) -> Comparison:
    """Return every difference between the expected and the actual schema, renames first.

    A renamed object is compared under its expected name, also in texts that name it.

    Args:
        expected: The expected schema.
        actual: The actual schema.
        rows_stay: Whether tables and columns may be renamed, too; otherwise the old name is missing
            and the new one unexpected.
    """
    named, renamed = with_right_names(expected, actual, rows_stay=rows_stay)
    differences = (
        *(_renamed(one) for one in renamed if not one.inherited),
        *without_consequences(expected, [*_differences(expected, named)]),
    )
    return Comparison(differences, *_extent(expected))


def _renamed(one: Renamed) -> Difference:
    hint = f"it is called {one.new}"
    return Difference(one.kind.code(RENAMED), one.path, one.old, one.new, hint=hint)


def _differences(expected: Snapshot, actual: Snapshot) -> Iterator[Difference]:
    # The owning columns are only needed when sequences differ.
    differ = _sequences(expected) != _sequences(actual)
    expected_columns = dict(expected.all_columns()) if differ else {}
    actual_columns = dict(actual.all_columns()) if differ else {}
    for wanted, found in pairs(expected.schemas, actual.schemas):
        if wanted is not None and found is None:
            yield Difference(SCHEMA.missing, path(wanted.name), "schema", None)
        here = wanted or Schema(name=found.name if found else "")
        there = found or Schema(name=here.name)
        if wanted is not None and found is not None:
            yield from attributes(path(here.name), wanted, found, SCHEMA.compared)
        yield from relations.compare_relations(here, there)
        yield from sequences.compare_sequences(
            here, there, expected_columns=expected_columns, actual_columns=actual_columns
        )
        yield from objects.compare_objects(path(here.name), here.objects, there.objects)
    yield from objects.compare_objects(ObjectPath(""), expected.objects, actual.objects)


def _sequences(snapshot: Snapshot) -> dict[str, tuple[Sequence, ...]]:
    return {schema.name: schema.sequences for schema in snapshot.schemas}


def _extent(snapshot: Snapshot) -> tuple[int, int]:
    """Count the expected objects and their compared attributes."""
    groups = [(len(snapshot.objects), len(OBJECT_ATTRIBUTES))]
    for schema in snapshot.schemas:
        groups.append((1, len(SCHEMA.compared)))
        groups.append((len(schema.sequences), len(SEQUENCE.compared)))
        groups.append((len(schema.objects), len(OBJECT_ATTRIBUTES)))
        for table in schema.relations:
            groups.append((1, len(RELATIONS[table.kind].compared) + 1))
            groups.append((len(table.columns), len(COLUMN.compared)))
            groups.append((len(table.constraints), len(CONSTRAINT_ATTRIBUTES)))
            groups.append((len(table.indexes), len(INDEX_ATTRIBUTES)))
            groups.append((len(table.objects), len(OBJECT_ATTRIBUTES)))
    return sum(count for count, _ in groups), sum(count * each for count, each in groups)
