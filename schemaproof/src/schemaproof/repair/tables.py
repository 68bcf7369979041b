"""Repairing tables, views and foreign tables with everything in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from schemaproof.compare.pairs import pairs
from schemaproof.compare.parents import parent_relations
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import access, ddl
from schemaproof.repair.access import Roles, Target
from schemaproof.repair.columns import Table, attributes_of, repair_column, set_default
from schemaproof.repair.constraints import repair_constraints
from schemaproof.repair.creation import create_statement
from schemaproof.repair.indexes import repair_indexes
from schemaproof.repair.inheritance import as_inherited, find_column
from schemaproof.repair.objects import Home, repair_objects
from schemaproof.repair.storage import alter_relation
from schemaproof.repair.views import VIEWS, with_readers
from schemaproof.schema.kinds import RELATIONS
from schemaproof.schema.paths import path
from schemaproof.schema.shapes import Column, Relation, Schema, Sequence
from schemaproof.sql import quoting


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the repair of a table needs to know of its schema.

    Attributes:
        expected: The schema as it should be.
        actual: The schema as it is.
        owned: The sequences that should be there, by the column that owns them.
        roles: Who plays which part.
        anew: The relations that are dropped and created again, with the views that read them.
    """

    expected: Schema
    actual: Schema
    owned: Mapping[str, Sequence]
    roles: Roles
    anew: frozenset[str] = frozenset()

    @property
    def schema(self) -> str:
        """The name of the schema."""
        return self.expected.name

    def sequence_of(self, relation: Relation, column: Column | None) -> Sequence | None:
        """Return the sequence that a column owns."""
        if column is None:
            return None
        return self.owned.get(path(self.schema, relation.name, column.name))


def repair_relation(
    around: Surroundings, expected: Relation | None, actual: Relation | None
) -> Iterator[Step]:
    """Yield what makes a table as it should be."""
    anew = expected is not None and expected.name in around.anew
    if expected == actual and not anew:
        return
    if expected is None and actual is not None:
        yield drop_relation(around.schema, actual, unmodelled=True)
    elif expected is not None and (actual is None or anew):
        if actual is not None:
            yield drop_relation(around.schema, actual)
        yield from create_relation(around, expected)
    elif expected is not None and actual is not None:
        yield from _alter(around, expected, actual)


def drop_relation(schema: str, relation: Relation, *, unmodelled: bool = False) -> Step:
    """Return the step that removes a relation."""
    return Step(
        path(schema, relation.name),
        RELATIONS[relation.kind].dropped,
        f"DROP {RELATIONS[relation.kind].ddl} {quoting.name(schema, relation.name)}",
        destructive=relation.kind not in VIEWS,
        unmodelled=unmodelled,
        drops=path(schema, relation.name),
        needs="\n".join(_texts(relation)),
    )


def _texts(relation: Relation) -> Iterator[str]:
    """Yield what names the objects that a relation depends on."""
    for column in relation.columns:
        yield f"{column.type} {column.default} {column.generated} {column.collation}"
    yield str(relation.definition)
    yield from (str(one.definition) for one in relation.constraints)
    yield from (str(one.definition) for one in relation.indexes)
    yield from (str(one.definition) for one in relation.objects)
    yield f"{relation.partition_of} {relation.inherits} {relation.of_type} {relation.access_method}"


def create_relation(around: Surroundings, relation: Relation) -> Iterator[Step]:
    """Create a table with everything in it; all of that repairs the one missing table."""
    where = path(around.schema, relation.name)
    sequences = {
        column.name: sequence
        for column in relation.columns
        if (sequence := around.sequence_of(relation, column)) is not None
    }
    phase = RELATIONS[relation.kind].created
    if relation.partition_of is not None or relation.inherits is not None:
        phase = Phase.CREATE_PARTITIONS
    statement = create_statement(around.schema, relation, sequences)
    yield Step(where, phase, statement, creates=where)
    created = replace(
        relation,
        owner=access.WHOEVER_CREATES,
        privileges=around.roles.to_new("tables", relation.privileges),
        comment=None,
        row_security=None,
        replica_identity=None,
        options=relation.options if relation.kind in VIEWS else None,
        columns=(),
        constraints=(),
        indexes=(),
        objects=(),
    )
    for step in (*_own_defaults(around, relation), *_parts(around, relation, created)):
        yield Step(where, step.phase, step.sql)


def _own_defaults(around: Surroundings, relation: Relation) -> Iterator[Step]:
    """Yield what gives the columns of a new partition the defaults that its parent has not."""
    if relation.partition_of is None:
        return
    parents = parent_relations(relation, around.expected)
    for column in relation.columns:
        inherited = find_column(parents, column.name)
        if inherited is not None and column.default != inherited.default:
            yield set_default(Table.of(around.schema, relation), column)


def _alter(around: Surroundings, expected: Relation, actual: Relation) -> Iterator[Step]:
    if expected.kind not in VIEWS:
        for wanted, found in pairs(expected.columns, actual.columns):
            yield from _column(around, expected, actual, wanted, found)
    yield from _parts(around, expected, actual, with_columns=expected.kind in VIEWS)


def _column(
    around: Surroundings,
    expected: Relation,
    actual: Relation,
    wanted: Column | None,
    found: Column | None,
) -> Iterator[Step]:
    name = wanted.name if wanted else found.name if found else ""
    after = find_column(parent_relations(expected, around.expected), name)
    before = find_column(parent_relations(actual, around.actual), name)
    if wanted is None and before is not None and after is None:
        return
    if wanted is not None and after is not None:
        found = as_inherited(wanted, found, before, after)
    sequence = around.sequence_of(expected, wanted)
    table = Table.of(around.schema, expected)
    yield from repair_column(table, wanted, found, sequence, around.roles)


def _parts(
    around: Surroundings, expected: Relation, actual: Relation, *, with_columns: bool = True
) -> Iterator[Step]:
    """Yield what makes everything but the columns themselves as it should be."""
    schema, table = around.schema, Table.of(around.schema, expected)
    where = path(schema, expected.name)
    present = {column.name: column for column in actual.columns}
    if with_columns:
        for column in expected.columns:
            made = ddl.as_added(column, foreign=table.foreign)
            yield from attributes_of(table, column, present.get(column.name, made), around.roles)
    yield from repair_constraints(schema, expected, actual)
    yield from repair_indexes(schema, expected, actual)
    home = Home(where, quoting.name(schema), table.sql)
    yield from repair_objects(home, expected.objects, actual.objects, around.roles)
    yield from alter_relation(schema, expected, actual)
    target = Target(where, RELATIONS[expected.kind].ddl, table.sql)
    yield from access.owner(target, expected.owner, actual.owner, around.roles)
    yield from access.privileges(target, expected.privileges, actual.privileges, around.roles)
    if expected.comment != actual.comment:
        yield ddl.comment(where, f"{target.kind} {table.sql}", expected.comment)


def made_anew(expected: Schema, actual: Schema) -> frozenset[str]:
    """Return the relations that have to be dropped, with the views that read them."""
    changed = {
        wanted.name
        for wanted, found in pairs(expected.relations, actual.relations)
        if wanted and found and wanted != found and _must_be_made_anew(wanted, found)
    }
    return with_readers(actual, changed) if changed else frozenset()


def _must_be_made_anew(expected: Relation, actual: Relation) -> bool:
    if expected.kind != actual.kind:
        return True
    if expected.kind in VIEWS:
        return not _same_text(expected, actual) or _shape(expected) != _shape(actual)
    if expected.kind == "foreign table":
        return not _same_text(expected, actual)
    return expected.partition_key != actual.partition_key


def _same_text(expected: Relation, actual: Relation) -> bool:
    if expected.definition is None or actual.definition is None:
        return expected.definition is actual.definition
    return expected.definition.same_as(actual.definition)


def _shape(relation: Relation) -> list[tuple[str, str, str | None]]:
    return [(column.name, column.type, column.type_modifier) for column in relation.columns]
