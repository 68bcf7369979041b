"""Compare sequences, also those behind identity and serial columns."""

from collections.abc import Iterator, Mapping

from schemaproof.compare.attributes import attributes
from schemaproof.compare.difference import Difference
from schemaproof.compare.pairs import pairs
from schemaproof.schema.database_objects import Column, Relation, Schema, Sequence
from schemaproof.schema.kinds import SEQUENCE
from schemaproof.schema.paths import ObjectPath, path

Columns = Mapping[ObjectPath, Column]
"""The columns of a whole snapshot, by their paths."""


def compare_sequences(
    expected: Schema, actual: Schema, *, expected_columns: Columns, actual_columns: Columns
) -> Iterator[Difference]:
    """Compare the sequences of one schema.

    A sequence that is missing or unexpected together with its column is reported for the column
    (or its table).
    """
    if expected.sequences == actual.sequences:
        return
    for wanted, found in pairs(expected.sequences, actual.sequences):
        if wanted is not None and found is not None:
            codes = dict(SEQUENCE.compared)
            if wanted.owned_by is not None and wanted.owned_by not in actual_columns:
                del codes["owned_by"]
            if _goes_with_its_table(wanted, found, expected, actual):
                del codes["persistence"]
            yield from attributes(path(expected.name, wanted.name), wanted, found, codes)
        elif wanted is not None and _stands_alone(wanted, expected_columns, actual_columns):
            where = path(expected.name, wanted.name)
            yield Difference(SEQUENCE.missing, where, _described(wanted), None)
        elif found is not None and _stands_alone(found, actual_columns, expected_columns):
            where = path(expected.name, found.name)
            yield Difference(SEQUENCE.unexpected, where, None, _described(found))


def _goes_with_its_table(
    wanted: Sequence, found: Sequence, expected: Schema, actual: Schema
) -> bool:
    """Whether a sequence became logged or unlogged together with the table of its column."""
    if wanted.persistence == found.persistence or wanted.owned_by != found.owned_by:
        return False
    before, after = _owner(wanted, expected), _owner(found, actual)
    if before is None or after is None:
        return False
    return (before.persistence, after.persistence) == (wanted.persistence, found.persistence)


def _owner(sequence: Sequence, schema: Schema) -> Relation | None:
    owners = (
        relation
        for relation in schema.relations
        for column in relation.columns
        if sequence.owned_by == path(schema.name, relation.name, column.name)
    )
    return next(owners, None)


def _stands_alone(sequence: Sequence, here: Columns, there: Columns) -> bool:
    """Whether no other difference explains that a sequence exists on one side only."""
    if sequence.owned_by is None:
        return True
    other = there.get(sequence.owned_by)
    own = here.get(sequence.owned_by)
    return other is not None and (own is None or (own.identity is None) == (other.identity is None))


def _described(sequence: Sequence) -> str:
    owner = f" owned by {sequence.owned_by}" if sequence.owned_by else ""
    return f"{sequence.type} sequence{owner}"
