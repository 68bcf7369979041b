"""Columns that a downgrade adds again: values that differ by row are written in batches."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Computed, Identity

from . import type_conversions
from .asked_constraints import asked_anew, not_null_check
from .safe_steps import CONTRACT, DROP_REPLACED, Step
from .tables_there import NO_KEY, TablesThere
from .written_statements import Backfill, Concurrently, Statement

_REWRITTEN = "a downgrade adds it again, and blocks everybody while every row is rewritten"


def dropped(there: TablesThere, one: Any) -> Step:
    """Return the statements that drop a column.

    Args:
        there: The tables before the change.
        one: The operation that drops it.
    """
    table = there.existing([there.key(one)])
    down = _in_batches(there, one)
    if down is None:
        return Step(CONTRACT, (one,), (one.reverse(),), table)
    return Step(DROP_REPLACED, (one,), down, table)


def _in_batches(there: TablesThere, one: Any) -> tuple[Any, ...] | None:
    """Return the operations that add a column again; None where Alembic's operation suffices."""
    column = one.to_column()
    default = column.server_default
    if there.is_dropped(one):
        return None
    if isinstance(default, (Computed, Identity)):
        if getattr(default, "persisted", None) is not False:
            there.note(one, _REWRITTEN, column.name)
        return None
    sql = type_conversions.default_sql(there.context, default)
    if sql is None or "nextval(" in sql:
        return None
    type_ = column.type.compile(dialect=there.dialect)
    if not there.is_rewritten_with(there.key(one), f"schemaproof_again {type_} DEFAULT {sql}"):
        return None
    if not there.has_key(there.key(one)):
        there.note(one, f"{_REWRITTEN}, because {NO_KEY}", column.name)
        return None
    return _added(there, one, column, f"{type_}", sql)


def _added(there: TablesThere, one: Any, column: Any, type_: str, default: str) -> tuple[Any, ...]:
    on, quoted = there.quoted(one.schema, one.table_name), there.quoted(column.name)
    alter = f"ALTER TABLE {on} "
    first = [
        _run(f"{alter}ADD COLUMN IF NOT EXISTS {quoted} {type_}"),
        _run(f"{alter}ALTER COLUMN {quoted} SET DEFAULT {default}"),
    ]
    if column.comment is not None:
        comment = column.comment.replace("'", "''")
        first.append(_run(f"COMMENT ON COLUMN {on}.{quoted} IS '{comment}'"))
    fill = Backfill(on, f"{quoted} = DEFAULT", f"{quoted} IS NULL")
    if column.nullable:
        return Concurrently(first), fill
    check = not_null_check(there, there.key(one), on, column.name, quoted)
    required = [
        *asked_anew(check, is_valid=True),
        _run(f"{alter}ALTER COLUMN {quoted} SET NOT NULL"),
        _run(check.undo.replace(" CONSTRAINT ", " CONSTRAINT IF EXISTS ", 1)),
    ]
    return Concurrently(first), fill, Concurrently(required)


def _run(sql: str) -> Statement:
    return Statement(sql, "")
