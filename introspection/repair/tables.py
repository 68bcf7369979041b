"""Repairing tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from introspection.compare.tools import pairs
from introspection.paths import path
from introspection.repair import ddl
from introspection.repair.columns import repair_column
from introspection.repair.steps import Phase, Step
from introspection.shapes import Column, Constraint, Relation, Sequence

Owned = Mapping[str, Sequence]
"""The sequences of a schema by the column that owns them."""

_DROP = {
    "view": "DROP VIEW",
    "materialized view": "DROP MATERIALIZED VIEW",
    "foreign table": "DROP FOREIGN TABLE",
}
_ADD_PHASES = {"foreign-key": Phase.ADD_FOREIGN_KEYS, "check": Phase.ADD_CHECKS}


def repair_relation(
    schema: str, expected: Relation | None, actual: Relation | None, owned: Owned
) -> Iterator[Step]:
    """Yield what makes a table as it should be."""
    if expected is None and actual is not None:
        yield _drop(schema, actual, unmodelled=True)
    elif expected is not None and (actual is None or actual.kind != expected.kind):
        if actual is not None:
            yield _drop(schema, actual, unmodelled=False)
        yield from _create(schema, expected, owned)
    elif expected is not None and actual is not None:
        for wanted, found in pairs(expected.columns, actual.columns):
            sequence = _sequence_of(schema, expected, wanted, owned)
            yield from repair_column((schema, expected.name), wanted, found, sequence)
        yield from _constraints(schema, expected, actual)
        yield from _indexes(schema, expected, actual)
        if expected.comment != actual.comment:
            yield _comment_on_table(schema, expected)


def _drop(schema: str, relation: Relation, *, unmodelled: bool) -> Step:
    verb = _DROP.get(relation.kind, "DROP TABLE")
    return Step(
        path(schema, relation.name),
        Phase.DROP_RELATIONS,
        f"{verb} {ddl.name(schema, relation.name)}",
        destructive=True,
        unmodelled=unmodelled,
    )


def _create(schema: str, relation: Relation, owned: Owned) -> Iterator[Step]:
    """Create a table with everything in it; all of that repairs the one missing table."""
    where = path(schema, relation.name)
    in_order = sorted(relation.columns, key=lambda column: column.position)
    columns = ",\n    ".join(
        ddl.column(column, _sequence_of(schema, relation, column, owned), schema)
        for column in in_order
    )
    table = ddl.name(schema, relation.name)
    yield Step(where, Phase.CREATE_RELATIONS, f"CREATE TABLE {table} (\n    {columns}\n)")
    empty = Relation(name=relation.name)
    for step in (*_constraints(schema, relation, empty), *_indexes(schema, relation, empty)):
        yield Step(where, step.phase, step.sql)
    if relation.comment is not None:
        yield _comment_on_table(schema, relation)
    for column in relation.columns:
        if column.comment is not None:
            on = f"COLUMN {table}.{ddl.name(column.name)}"
            yield ddl.comment(where, on, column.comment)


def _constraints(schema: str, expected: Relation, actual: Relation) -> Iterator[Step]:
    table = ddl.name(schema, expected.name)
    for wanted, found in pairs(expected.constraints, actual.constraints):
        same = wanted is not None and found is not None and _same(wanted, found)
        if found is not None and not same:
            drop = f"ALTER TABLE {table} DROP CONSTRAINT {ddl.name(found.name)}"
            yield Step(path(schema, expected.name, found.name), Phase.DROP_CONSTRAINTS, drop)
        if wanted is not None:
            where = path(schema, expected.name, wanted.name)
            constraint = ddl.name(wanted.name)
            if not same:
                add = f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {wanted.definition}"
                yield Step(where, _ADD_PHASES.get(wanted.kind, Phase.ADD_KEYS), add)
            if wanted.comment != (found.comment if same and found else None):
                yield ddl.comment(where, f"CONSTRAINT {constraint} ON {table}", wanted.comment)


def _indexes(schema: str, expected: Relation, actual: Relation) -> Iterator[Step]:
    """Repair the indexes that belong to no constraint; the others come and go with theirs."""
    wanted_alone = [index for index in expected.indexes if index.constraint is None]
    found_alone = [index for index in actual.indexes if index.constraint is None]
    for wanted, found in pairs(wanted_alone, found_alone):
        same = wanted and found and wanted.definition.same_as(found.definition) and found.valid
        if found is not None and not same:
            drop = f"DROP INDEX {ddl.name(schema, found.name)}"
            yield Step(path(schema, expected.name, found.name), Phase.DROP_INDEXES, drop)
        if wanted is not None:
            where = path(schema, expected.name, wanted.name)
            if not same:
                yield Step(where, Phase.CREATE_INDEXES, str(wanted.definition))
            if wanted.comment != (found.comment if same and found else None):
                on = f"INDEX {ddl.name(schema, wanted.name)}"
                yield ddl.comment(where, on, wanted.comment)


def _same(wanted: Constraint, found: Constraint) -> bool:
    return wanted.kind == found.kind and wanted.definition.same_as(found.definition)


def _comment_on_table(schema: str, relation: Relation) -> Step:
    on = f"TABLE {ddl.name(schema, relation.name)}"
    return ddl.comment(path(schema, relation.name), on, relation.comment)


def _sequence_of(
    schema: str, relation: Relation, column: Column | None, owned: Owned
) -> Sequence | None:
    return None if column is None else owned.get(path(schema, relation.name, column.name))
