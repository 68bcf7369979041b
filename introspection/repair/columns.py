"""Repairing columns."""

from __future__ import annotations

from collections.abc import Iterator

from introspection.compare.columns import ATTRIBUTES
from introspection.compare.tools import attributes
from introspection.paths import path
from introspection.repair import access, ddl
from introspection.repair.access import Roles, Target
from introspection.repair.steps import Phase, Step
from introspection.shapes import Column, Sequence


def repair_column(
    table: tuple[str, str],
    wanted: Column | None,
    found: Column | None,
    sequence: Sequence | None,
    roles: Roles,
) -> Iterator[Step]:
    """Yield what makes a column as it should be.

    Args:
        table: Schema and name of the table.
        wanted: The column as it should be; None when it should not be there.
        found: The column as it is; None when it is not there.
        sequence: The sequence that the wanted column owns.
        roles: Who plays which part.
    """
    if wanted is None and found is not None:
        yield _drop(table, found)
    elif wanted is not None and found is None:
        yield from _add(table, wanted, sequence)
        yield from attributes_of(table, wanted, Column(name="", position=0, type=""), roles)
    elif wanted is not None and found is not None and wanted != found:
        codes = {difference.code for difference in attributes("", wanted, found, ATTRIBUTES)}
        if "column-generated" in codes:
            # An expression can be changed in place from PostgreSQL 17 on only.
            yield _drop(table, found)
            yield from _add(table, wanted, sequence)
            found = Column(name="", position=0, type="")
        elif codes:
            yield from _alter(table, wanted, found, sequence, codes)
        yield from attributes_of(table, wanted, found, roles)


def attributes_of(
    table: tuple[str, str], wanted: Column, found: Column, roles: Roles
) -> Iterator[Step]:
    """Yield what sets the attributes that a column gets after it was made."""
    where = path(*table, wanted.name)
    column = ddl.name(wanted.name)
    alter = f"ALTER TABLE {ddl.name(*table)} ALTER COLUMN {column}"
    if wanted.storage != found.storage:
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} SET STORAGE {wanted.storage or 'DEFAULT'}")
    if wanted.compression != found.compression:
        method = wanted.compression or "default"
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} SET COMPRESSION {method}")
    if wanted.statistics != found.statistics:
        number = -1 if wanted.statistics is None else wanted.statistics
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} SET STATISTICS {number}")
    for clause in ddl.changed_options(wanted.options, found.options):
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} {clause}")
    target = Target(where, "TABLE", ddl.name(*table), column)
    yield from access.privileges(target, wanted.privileges, found.privileges, roles)
    if wanted.comment != found.comment:
        yield ddl.comment(where, f"COLUMN {ddl.name(*table, wanted.name)}", wanted.comment)


def _drop(table: tuple[str, str], column: Column) -> Step:
    sql = f"ALTER TABLE {ddl.name(*table)} DROP COLUMN {ddl.name(column.name)}"
    return Step(path(*table, column.name), Phase.DROP_COLUMNS, sql, destructive=True)


def _add(table: tuple[str, str], column: Column, sequence: Sequence | None) -> Iterator[Step]:
    where = path(*table, column.name)
    definition = ddl.column(column, sequence, table[0])
    add = f"ALTER TABLE {ddl.name(*table)} ADD COLUMN {definition}"
    yield Step(where, Phase.ADD_COLUMNS, add)


def _alter(
    table: tuple[str, str],
    wanted: Column,
    found: Column,
    sequence: Sequence | None,
    codes: set[str],
) -> Iterator[Step]:
    where = path(*table, wanted.name)
    alter = f"ALTER TABLE {ddl.name(*table)} ALTER COLUMN {ddl.name(wanted.name)}"
    retyped = bool(codes & {"column-type", "column-type-modifier", "column-collation"})
    new_default = retyped or bool(codes & {"column-default", "column-identity"})
    if new_default and found.default is not None:
        # It may not fit the new type, and an identity cannot have one; the right one comes below.
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} DROP DEFAULT")
    if retyped:
        sql = f"{alter} {_type(wanted)}"
        yield Step(where, Phase.ALTER_COLUMNS, sql, destructive=True)
    if "column-identity" in codes:
        clause = _identity(wanted, found, sequence, table[0])
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} {clause}")
    if new_default and wanted.default is not None:
        yield Step(where, Phase.ALTER_COLUMNS, f"{alter} SET DEFAULT {wanted.default}")
    if "column-nullability" in codes:
        if not found.nullable:
            yield Step(where, Phase.ALTER_COLUMNS, f"{alter} DROP NOT NULL")
        if not wanted.nullable:
            yield Step(where, Phase.ALTER_COLUMNS, _not_null(table, wanted))


def _not_null(table: tuple[str, str], wanted: Column) -> str:
    column = ddl.name(wanted.name)
    if wanted.no_inherit:
        return f"ALTER TABLE {ddl.name(*table)} ADD NOT NULL {column} NO INHERIT"
    return f"ALTER TABLE {ddl.name(*table)} ALTER COLUMN {column} SET NOT NULL"


def _type(wanted: Column) -> str:
    new = ddl.type_of(wanted)
    collation = f" COLLATE {wanted.collation}" if wanted.collation else ""
    return f"TYPE {new}{collation} USING {ddl.name(wanted.name)}::{new}"


def _identity(wanted: Column, found: Column, sequence: Sequence | None, schema: str) -> str:
    if wanted.identity is None:
        return "DROP IDENTITY"
    if found.identity is not None:
        return f"SET GENERATED {wanted.identity}"
    return f"ADD {ddl.identity(wanted.identity, sequence, schema)}"
