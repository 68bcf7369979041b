"""Repair constraints."""

import re
from collections.abc import Iterator
from typing import Final

from schemaproof.compare.pairs import pairs
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import ddl
from schemaproof.schema.database_objects import Constraint, Relation
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.kinds import CONSTRAINTS
from schemaproof.schema.paths import path
from schemaproof.sql import quoting

# This is one name of a list that is separated by commas; the text is not SQL.
_TABLE: Final = re.compile(r'(?:"(?:[^"]|"")*"|[^,\s"])+')


def repair_constraints(
    schema: str, expected: Relation, actual: Relation, anew: frozenset[Ref] = frozenset()
) -> Iterator[Step]:
    """Yield the steps that repair the constraints of a table; ``anew`` are created again."""
    table = quoting.name(schema, expected.name)
    for wanted, found in pairs(expected.constraints, actual.constraints):
        same = wanted is not None and found is not None and _same(wanted, found)
        same = same and found is not None and _ref(schema, expected, found) not in anew
        if found is not None and not same and not found.inherited:
            drop = f"ALTER TABLE {table} DROP CONSTRAINT {quoting.name(found.name)}"
            ref = _ref(schema, expected, found)
            yield Step(ref.path, Phase.DROP_CONSTRAINTS, drop, drops=ref)
        if wanted is not None:
            if not same and not wanted.inherited:
                yield _add(schema, expected, wanted)
            yield from _attributes(schema, expected.name, wanted, found if same else None)


def _same(wanted: Constraint, found: Constraint) -> bool:
    """Whether a constraint need not be dropped; an unvalidated one can be validated."""
    return (
        wanted.kind == found.kind
        and wanted.definition.same_as(found.definition)
        and (wanted.validated or not found.validated)
    )


def _ref(schema: str, table: Relation, constraint: Constraint) -> Ref:
    return Ref(constraint.kind, path(schema, table.name, constraint.name))


def _add(schema: str, table: Relation, wanted: Constraint) -> Step:
    suffix = "" if wanted.validated else " NOT VALID"
    add = (
        f"ALTER TABLE {quoting.name(schema, table.name)} ADD CONSTRAINT"
        f" {quoting.name(wanted.name)} {wanted.definition}{suffix}"
    )
    ref = _ref(schema, table, wanted)
    return Step(ref.path, CONSTRAINTS[wanted.kind].created, add, makes=ref)


def _attributes(
    schema: str, relation: str, wanted: Constraint, found: Constraint | None
) -> Iterator[Step]:
    where = path(schema, relation, wanted.name)
    table, name = quoting.name(schema, relation), quoting.name(wanted.name)
    if found is not None and wanted.validated and not found.validated:
        sql = f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"
        yield Step(where, Phase.ADD_FOREIGN_KEYS, sql)
    if found is not None and found.disabled_on is not None and wanted.disabled_on is None:
        for other in _TABLE.findall(found.disabled_on):
            yield Step(where, Phase.ENABLE_TRIGGERS, f"ALTER TABLE {other} ENABLE TRIGGER ALL")
    if wanted.comment != (found.comment if found else None):
        yield ddl.comment(where, f"CONSTRAINT {name} ON {table}", wanted.comment)
