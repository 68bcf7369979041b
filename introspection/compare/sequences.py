"""Sequences, also those behind identity and serial columns."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final

from introspection.compare.difference import Difference
from introspection.compare.tools import attributes, pairs
from introspection.paths import path
from introspection.shapes import Schema, Sequence

ATTRIBUTES: Final = {
    "type": "sequence-type",
    "start": "sequence-start",
    "increment": "sequence-increment",
    "minimum": "sequence-minimum",
    "maximum": "sequence-maximum",
    "cache": "sequence-cache",
    "cycle": "sequence-cycle",
    "owned_by": "sequence-owner",
}


def compare_sequences(
    expected: Schema,
    actual: Schema,
    *,
    expected_columns: Container[str],
    actual_columns: Container[str],
) -> Iterator[Difference]:
    """Compare the sequences of one schema.

    Where a sequence comes and goes with the column that owns it, the column (or its table) says so.
    """
    for wanted, found in pairs(expected.sequences, actual.sequences):
        if wanted is not None and found is not None:
            yield from attributes(path(expected.name, wanted.name), wanted, found, ATTRIBUTES)
        elif wanted is not None and _stands_alone(wanted, actual_columns):
            where = path(expected.name, wanted.name)
            yield Difference("sequence-missing", where, _described(wanted), None)
        elif found is not None and _stands_alone(found, expected_columns):
            where = path(expected.name, found.name)
            yield Difference("sequence-unexpected", where, None, _described(found))


def _stands_alone(sequence: Sequence, columns_of_other_side: Container[str]) -> bool:
    return sequence.owned_by is None or sequence.owned_by in columns_of_other_side


def _described(sequence: Sequence) -> str:
    owner = f" owned by {sequence.owned_by}" if sequence.owned_by else ""
    return f"{sequence.type} sequence{owner}"
