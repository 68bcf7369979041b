"""Repair tables, views and foreign tables with everything in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from schemaproof.compare.pairs import pairs
from schemaproof.compare.parents import parent_relations
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import access, ddl
from schemaproof.repair.access import Roles, Target
from schemaproof.repair.columns import VIEWS, Table, attribute_steps, repair_column, set_default
from schemaproof.repair.constraints import repair_constraints
from schemaproof.repair.creation import create_statement
from schemaproof.repair.indexes import repair_indexes
from schemaproof.repair.inheritance import as_inherited, find_column
from schemaproof.repair.objects import Home, repair_objects
from schemaproof.repair.storage import alter_relation
from schemaproof.schema.database_objects import Column, Relation, Schema, Sequence
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.kinds import RELATIONS
from schemaproof.schema.paths import path
from schemaproof.sql import quoting


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The facts about a schema that the repair of a table needs.

    Attributes:
        expected: The schema as it should be.
        actual: The schema as it is.
        owned: The sequences that should be there, by the column that owns them.
        roles: The role of each part.
        anew: Objects that are dropped because of others, and created again.
    """

    expected: Schema
    actual: Schema
    owned: Mapping[str, Sequence]
    roles: Roles
    anew: frozenset[Ref] = frozenset()

    @property
    def schema(self) -> str:
        """The name of the schema."""
        return self.expected.name

    def owned_sequence(self, relation: Relation, column: Column | None) -> Sequence | None:
        """Return the sequence that a column owns."""
        if column is None:
            return None
        return self.owned.get(path(self.schema, relation.name, column.name))


def repair_relation(
    around: Surroundings, expected: Relation | None, actual: Relation | None
) -> Iterator[Step]:
    """Yield the steps that repair a table."""
    if expected is not None and actual is not None and _is_made_anew(around, expected, actual):
        yield drop_relation(around.schema, actual)
        yield from create_relation(around, expected, actual)
        return
    if expected is None and actual is not None:
        yield drop_relation(around.schema, actual, unmodelled=True)
    elif expected is not None and actual is None:
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
        drops=Ref("relation", path(schema, relation.name)),
    )


def create_relation(
    around: Surroundings, relation: Relation, former: Relation | None = None
) -> Iterator[Step]:
    """Create a table with everything in it, as the repair of one finding.

    If it replaces a former table, the roles of this environment get their privileges on it again.
    """
    where = path(around.schema, relation.name)
    sequences = {
        column.name: sequence
        for column in relation.columns
        if (sequence := around.owned_sequence(relation, column)) is not None
    }
    phase = RELATIONS[relation.kind].created
    if relation.partition_of is not None or relation.inherits is not None:
        phase = Phase.CREATE_PARTITIONS
    statement = create_statement(around.schema, relation, sequences)
    yield Step(where, phase, statement, creates=where, makes=Ref("relation", where))
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
    around = replace(around, anew=frozenset())
    for step in (*_own_defaults(around, relation), *_parts(around, relation, created)):
        yield replace(step, path=where)
    if former is not None:
        target = Target(
            where, RELATIONS[relation.kind].ddl, quoting.name(around.schema, relation.name)
        )
        yield from access.kept(target, relation.privileges, former.privileges)


def _own_defaults(around: Surroundings, relation: Relation) -> Iterator[Step]:
    """Yield the steps that set defaults of a new partition that differ from its parent's."""
    if relation.partition_of is None:
        return
    parents = parent_relations(relation, around.expected)
    for column in relation.columns:
        inherited = find_column(parents, column.name)
        if inherited is not None and column.default != inherited.default:
            yield set_default(Table.from_relation(around.schema, relation), column)


def _alter(around: Surroundings, expected: Relation, actual: Relation) -> Iterator[Step]:
    if expected.kind not in VIEWS:
        for wanted, found in pairs(expected.columns, actual.columns):
            yield from _column(around, expected, actual, wanted, found)
    elif not _same_text(expected, actual):
        statement = create_statement(around.schema, expected, {})
        sql = statement.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
        where = path(around.schema, expected.name)
        yield Step(where, Phase.CREATE_VIEWS, sql, creates=where)
        actual = replace(actual, options=expected.options)
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
    is_new = found is None
    if wanted is not None and after is not None:
        found = as_inherited(wanted, found, before, after)
    sequence = around.owned_sequence(expected, wanted)
    table = replace(Table.from_relation(around.schema, expected), anew=around.anew)
    for step in repair_column(table, wanted, found, sequence, around.roles):
        # A new column comes from its parent, and only then can an inherited default be dropped.
        late = is_new and step.phase is Phase.DROP_DEFAULTS
        yield replace(step, phase=Phase.ALTER_COLUMNS) if late else step


def _parts(
    around: Surroundings, expected: Relation, actual: Relation, *, with_columns: bool = True
) -> Iterator[Step]:
    """Yield the steps that repair everything but the columns."""
    schema, table = around.schema, Table.from_relation(around.schema, expected)
    where = path(schema, expected.name)
    present = {column.name: column for column in actual.columns}
    if with_columns:
        for column in expected.columns:
            made = ddl.as_added(column, foreign=table.foreign)
            yield from attribute_steps(table, column, present.get(column.name, made), around.roles)
    parts = (
        *repair_constraints(schema, expected, actual, around.anew),
        *repair_indexes(schema, expected, actual, around.anew),
    )
    yield from parts
    remade = frozenset(step.makes.path for step in parts if step.makes is not None)
    home = Home(where, quoting.name(schema), table.sql, around.anew)
    yield from repair_objects(home, expected.objects, actual.objects, around.roles)
    yield from alter_relation(schema, expected, actual, remade)
    target = Target(where, RELATIONS[expected.kind].ddl, table.sql)
    yield from access.owner(target, expected.owner, actual.owner, around.roles)
    yield from access.privileges(target, expected.privileges, actual.privileges, around.roles)
    if expected.comment != actual.comment:
        yield ddl.comment(where, f"{target.kind} {table.sql}", expected.comment)


def _is_made_anew(around: Surroundings, expected: Relation, actual: Relation) -> bool:
    ref = Ref("relation", path(around.schema, expected.name))
    return ref in around.anew or (expected != actual and _must_be_made_anew(expected, actual))


def _must_be_made_anew(expected: Relation, actual: Relation) -> bool:
    if expected.kind != actual.kind:
        return True
    if expected.kind == "view":
        # CREATE OR REPLACE VIEW can only add columns behind the others.
        return _shape(expected)[: len(actual.columns)] != _shape(actual)
    if expected.kind == "materialized view":
        return not _same_text(expected, actual) or _shape(expected) != _shape(actual)
    if expected.kind == "foreign table":
        return not _same_text(expected, actual)
    return expected.partition_key != actual.partition_key


def _same_text(expected: Relation, actual: Relation) -> bool:
    if expected.definition is None or actual.definition is None:
        return expected.definition is actual.definition
    return expected.definition.same_as(actual.definition)


def _shape(relation: Relation) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (column.name, column.type, column.type_modifier, column.collation)
        for column in sorted(relation.columns, key=lambda column: column.position)
    ]
