"""Repair columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemaproof.compare.attributes import differing
from schemaproof.findings.steps import Phase, Step
from schemaproof.repair import access, ddl
from schemaproof.repair.access import Roles, Target
from schemaproof.schema.database_objects import Column, Relation, Sequence
from schemaproof.schema.dependencies import Ref
from schemaproof.schema.kinds import COLUMN
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.sql import quoting

VIEWS: Final = frozenset({"view", "materialized view"})
_NOTHING: Final = Column(name="", position=0, type="")


@dataclass(frozen=True, slots=True)
class Table:
    """The table, or other relation, that the columns belong to.

    Attributes:
        schema: Its schema.
        name: Its name.
        kind: Its kind, as in ``Relation``.
        anew: Objects that are dropped because of others, and created again.
    """

    schema: str
    name: str
    kind: str = "table"
    anew: frozenset[Ref] = frozenset()

    @classmethod
    def from_relation(cls, schema: str, relation: Relation) -> Table:
        """Return the table of a relation's columns."""
        return cls(schema, relation.name, relation.kind)

    @property
    def sql(self) -> str:
        """Its name, qualified and quoted."""
        return quoting.name(self.schema, self.name)

    @property
    def foreign(self) -> bool:
        """Whether the table is a foreign table, whose columns have options and no values."""
        return self.kind == "foreign table"

    def path(self, column: Column) -> ObjectPath:
        """Return the path of a column."""
        return path(self.schema, self.name, column.name)

    def alter(self, column: Column) -> str:
        """Return the beginning of a statement that alters a column."""
        return f"ALTER TABLE {self.sql} ALTER COLUMN {quoting.name(column.name)}"


def repair_column(
    table: Table,
    wanted: Column | None,
    found: Column | None,
    sequence: Sequence | None,
    roles: Roles,
) -> Iterator[Step]:
    """Yield the steps that repair a column.

    Args:
        table: The table of the column.
        wanted: The column as it should be; None when it should not be there.
        found: The column as it is; None when it is not there.
        sequence: The sequence that the wanted column owns.
        roles: The role of each part.
    """
    if wanted is None and found is not None:
        yield _drop(table, found)
    elif wanted is not None and found is None:
        yield _add(table, wanted, sequence)
        yield from attribute_steps(
            table, wanted, ddl.as_added(wanted, foreign=table.foreign), roles
        )
    elif wanted is not None and found is not None:
        changed = differing(wanted, found, COLUMN.compared)
        if "generated" in changed or Ref("column", table.path(wanted)) in table.anew:
            # The column is created again, because only PostgreSQL 17 and later can change an
            # expression.
            yield _drop(table, found)
            yield _add(table, wanted, sequence)
            found = _NOTHING
        else:
            if Ref("default", table.path(wanted)) in table.anew:
                changed = changed | {"default"}
            if changed:
                yield from _alter(table, wanted, found, sequence, changed)
        yield from attribute_steps(table, wanted, found, roles)


def attribute_steps(table: Table, wanted: Column, found: Column, roles: Roles) -> Iterator[Step]:
    """Yield the steps that set the attributes of a column after it was created."""
    where = table.path(wanted)
    # A view may be created again in a late phase, and so may a generated column.
    late = table.kind in VIEWS or wanted.generated is not None
    phase = Phase.ALTER_OBJECTS if late else Phase.ALTER_COLUMNS
    for clause in _attributes(table, wanted, found):
        yield Step(where, phase, f"{table.alter(wanted)} {clause}")
    if wanted.storage != found.storage:
        yield Step(where, phase, _set_storage(table.alter(wanted), wanted))
    target = Target(where, "TABLE", table.sql, quoting.name(wanted.name))
    yield from access.privileges(target, wanted.privileges, found.privileges, roles)
    if wanted.comment != found.comment:
        yield ddl.comment(where, f"COLUMN {table.sql}.{quoting.name(wanted.name)}", wanted.comment)


def _attributes(table: Table, wanted: Column, found: Column) -> Iterator[str]:
    if table.kind in VIEWS and wanted.default != found.default:
        yield f"SET DEFAULT {wanted.default}" if wanted.default else "DROP DEFAULT"
    if wanted.compression != found.compression:
        yield f"SET COMPRESSION {wanted.compression or 'default'}"
    if wanted.statistics != found.statistics:
        yield f"SET STATISTICS {-1 if wanted.statistics is None else wanted.statistics}"
    if table.foreign:
        yield from ddl.changed_foreign_options(wanted.options, found.options)
    else:
        yield from ddl.changed_options(wanted.options, found.options)


def _set_storage(alter: str, wanted: Column) -> str:
    """Return the SQL that sets the storage; only 16 and later know DEFAULT (typstorage)."""
    if wanted.storage or "." not in wanted.type:
        usual = "MAIN" if wanted.type in {"numeric", "inet", "cidr"} else "EXTENDED"
        return f"{alter} SET STORAGE {wanted.storage or usual}"
    usual = (
        "SELECT CASE typstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'"  # noqa: S608 - a literal
        " WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END FROM pg_catalog.pg_type"
        f" WHERE oid = {quoting.literal(wanted.type)}::pg_catalog.regtype"
    )
    statement = f"{quoting.literal(f'{alter} SET STORAGE ')} || ({usual})"
    return f"DO {quoting.literal(f'BEGIN EXECUTE {statement}; END')}"


def set_default(table: Table, wanted: Column) -> Step:
    """Return the step that gives a column its default, or none."""
    clause = f"SET DEFAULT {wanted.default}" if wanted.default else "DROP DEFAULT"
    where = table.path(wanted)
    sql = f"{table.alter(wanted)} {clause}"
    return Step(where, Phase.ALTER_COLUMNS, sql, makes=Ref("default", where))


def _drop(table: Table, column: Column) -> Step:
    where = table.path(column)
    sql = f"ALTER TABLE {table.sql} DROP COLUMN {quoting.name(column.name)}"
    destructive = column.generated is None
    drops = Ref("column", where)
    return Step(where, Phase.DROP_COLUMNS, sql, destructive=destructive, drops=drops)


def _add(table: Table, column: Column, sequence: Sequence | None) -> Step:
    where = table.path(column)
    definition = ddl.column(column, sequence, table.schema, foreign=table.foreign)
    sql = f"ALTER TABLE {table.sql} ADD COLUMN {definition}"
    phase = Phase.ADD_COLUMNS if column.generated is None else Phase.ADD_GENERATED
    return Step(where, phase, sql, makes=Ref("column", where))


def _alter(
    table: Table, wanted: Column, found: Column, sequence: Sequence | None, changed: set[str]
) -> Iterator[Step]:
    where, alter = table.path(wanted), table.alter(wanted)
    retyped = bool(changed & {"type", "type_modifier", "collation"})
    new_default = retyped or bool(changed & {"default", "identity"})
    if new_default and found.default is not None:
        # The old default may not fit the new type, and an identity column cannot have one. The
        # right default is set below.
        drops = Ref("default", where)
        yield Step(where, Phase.DROP_DEFAULTS, f"{alter} DROP DEFAULT", drops=drops)
    if "identity" in changed and wanted.identity is None:
        yield Step(where, Phase.DROP_DEFAULTS, f"{alter} DROP IDENTITY")
    if retyped:
        sql = f"{alter} {_type(wanted, foreign=table.foreign)}"
        ref = Ref("column", where)
        yield Step(where, Phase.ALTER_COLUMNS, sql, destructive=True, retypes=ref)
    if "nullability" in changed:
        yield from _nullability(table, wanted, found)
    if "identity" in changed and wanted.identity is not None:
        yield _identity(table, wanted, found, sequence)
    if new_default and wanted.default is not None:
        yield set_default(table, wanted)


def _nullability(table: Table, wanted: Column, found: Column) -> Iterator[Step]:
    where, alter = table.path(wanted), table.alter(wanted)
    if not found.nullable:
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} DROP NOT NULL")
    if not wanted.nullable:
        sql = f"{alter} SET NOT NULL"
        if wanted.no_inherit:
            name = quoting.name(wanted.name)
            sql = f"ALTER TABLE {table.sql} ADD NOT NULL {name} NO INHERIT"
        yield Step(where, Phase.ALTER_COLUMNS, sql)


def _type(wanted: Column, *, foreign: bool) -> str:
    new = wanted.full_type
    collation = f" COLLATE {wanted.collation}" if wanted.collation else ""
    using = "" if foreign else f" USING {quoting.name(wanted.name)}::{new}"
    return f"TYPE {new}{collation}{using}"


def _identity(table: Table, wanted: Column, found: Column, sequence: Sequence | None) -> Step:
    where, alter = table.path(wanted), table.alter(wanted)
    if found.identity is not None:
        return Step(where, Phase.ALTER_COLUMNS, f"{alter} SET GENERATED {wanted.identity}")
    made = Ref("sequence", path(table.schema, sequence.name)) if sequence is not None else None
    sql = f"{alter} ADD {ddl.identity(str(wanted.identity), sequence, table.schema)}"
    return Step(where, Phase.ALTER_COLUMNS, sql, makes=made)
