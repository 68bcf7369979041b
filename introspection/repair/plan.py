"""The whole repair: expected and actual snapshot in, statements out."""

from __future__ import annotations

from collections.abc import Iterator

from introspection.compare.sequences import ATTRIBUTES
from introspection.compare.tools import attributes, pairs
from introspection.paths import path
from introspection.repair import ddl
from introspection.repair.steps import Phase, Step
from introspection.repair.tables import Owned, repair_relation
from introspection.shapes import Schema, Sequence, Snapshot


def repair(expected: Snapshot, actual: Snapshot) -> list[Step]:
    """Return the statements that make a database as it should be, in an order in which they run."""
    return sorted(_steps(expected, actual), key=lambda step: step.phase)


def _steps(expected: Snapshot, actual: Snapshot) -> Iterator[Step]:
    for wanted, found in pairs(expected.schemas, actual.schemas):
        name = wanted.name if wanted else found.name if found else ""
        here, there = wanted or Schema(name=name), found or Schema(name=name)
        if wanted is not None:
            yield from _schema(wanted, found)
        owned = _owned(here)
        for relation, present in pairs(here.relations, there.relations):
            yield from repair_relation(name, relation, present, owned)
        yield from _sequences(here, there)


def _schema(wanted: Schema, found: Schema | None) -> Iterator[Step]:
    if found is None:
        create = f"CREATE SCHEMA {ddl.name(wanted.name)}"
        yield Step(path(wanted.name), Phase.CREATE_SCHEMAS, create)
    if wanted.comment != (found.comment if found else None):
        yield ddl.comment(path(wanted.name), f"SCHEMA {ddl.name(wanted.name)}", wanted.comment)


def _sequences(expected: Schema, actual: Schema) -> Iterator[Step]:
    """Repair sequences that stand alone, and the options of those that a column owns."""
    for wanted, found in pairs(expected.sequences, actual.sequences):
        if wanted is not None and found is not None:
            if any(True for _ in attributes("", wanted, found, ATTRIBUTES)):
                yield from _alter(expected.name, wanted, found)
        elif wanted is not None and wanted.owned_by is None:
            sql = f"CREATE SEQUENCE {ddl.name(expected.name, wanted.name)} AS {wanted.type}"
            where = path(expected.name, wanted.name)
            yield Step(where, Phase.CREATE_RELATIONS, f"{sql} {ddl.options(wanted)}")
        elif found is not None and found.owned_by is None:
            sql = f"DROP SEQUENCE {ddl.name(actual.name, found.name)}"
            where = path(actual.name, found.name)
            yield Step(where, Phase.DROP_RELATIONS, sql, destructive=True, unmodelled=True)


def _alter(schema: str, wanted: Sequence, found: Sequence) -> Iterator[Step]:
    where = path(schema, wanted.name)
    alter = f"ALTER SEQUENCE {ddl.name(schema, wanted.name)}"
    if wanted.type != found.type:
        yield Step(where, Phase.ALTER_SEQUENCES, f"{alter} AS {wanted.type}")
    yield Step(where, Phase.ALTER_SEQUENCES, f"{alter} {ddl.options(wanted)}")
    if wanted.owned_by != found.owned_by:
        # The path of a column is written as SQL writes it.
        yield Step(where, Phase.ALTER_SEQUENCES, f"{alter} OWNED BY {wanted.owned_by or 'NONE'}")


def _owned(schema: Schema) -> Owned:
    return {
        sequence.owned_by: sequence
        for sequence in schema.sequences
        if sequence.owned_by is not None
    }
