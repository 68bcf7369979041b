"""Types of columns that PostgreSQL converts only with an explicit USING."""

from __future__ import annotations

from typing import Any

from alembic.operations.ops import ExecuteSQLOp

from .failures import sqlstate
from .rendering import plain_dialect

_DATATYPE_MISMATCH = "42804"


def write_using(context: Any, script: Any, types: list[str]) -> list[str]:
    """Add ``USING`` to a change of type where PostgreSQL requires it.

    Args:
        context: The context of the migration.
        script: The revision that is written.
        types: The statements that create the new types.

    Returns:
        The notes for the reader, who has to check how values are converted.
    """
    notes: list[str] = []
    for container, is_upgrade in ((script.upgrade_ops, True), (script.downgrade_ops, False)):
        _in_container(context, container, types, notes if is_upgrade else [])
    return notes


def _in_container(context: Any, container: Any, types: list[str], notes: list[str]) -> None:
    written: list[Any] = []
    for one in container.ops:
        if hasattr(one, "ops"):
            _in_container(context, one, types, notes)
        elif type(one).__name__ == "AlterColumnOp" and one.modify_type is not None:
            statement = _conversion(context, one, types)
            if statement is not None:
                written.append(ExecuteSQLOp(statement.replace(":", r"\:").replace(r"\:\:", "::")))
                notes.append(_note(one, statement))
                one.existing_type, one.modify_type = one.modify_type, None
                one.modify_server_default = False
                if not one.has_changes():
                    continue
        written.append(one)
    container.ops[:] = written


def _note(one: Any, statement: str) -> str:
    table = f"{one.schema}.{one.table_name}" if one.schema else one.table_name
    return f"{table}.{one.column_name}: check how its values are converted: {statement}"


def _conversion(context: Any, one: Any, types: list[str]) -> str | None:
    """Return the statement that changes a type; None where Alembic's own does."""
    old, new = (_compiled(context, kind) for kind in (one.existing_type, one.modify_type))
    before = default_sql(context, one.existing_server_default)
    changed = one.modify_server_default
    after = before if changed is False else default_sql(context, changed)
    if not _is_refused(context, old, new, before, types):
        return None
    quote = type(context.dialect)(paramstyle="named").identifier_preparer.quote
    column = "ALTER COLUMN " + quote(one.column_name)
    table = quote(one.table_name)
    if one.schema:
        table = quote(one.schema) + "." + table
    parts = [f"{column} TYPE {new} USING {quote(one.column_name)}::text::{new}"]
    if before is not None:
        parts.insert(0, column + " DROP DEFAULT")
    if after is not None:
        parts.append(f"{column} SET DEFAULT {after}")
    return "ALTER TABLE {} {}".format(table, ", ".join(parts))


def _is_refused(context: Any, old: str, new: str, default: str | None, types: list[str]) -> bool:
    """Whether PostgreSQL requires ``USING``, tried on an empty table that is rolled back."""
    connection = context.connection
    made = "CREATE TEMPORARY TABLE pg_temp.schemaproof_conversion (c {}{})".format(
        old, " DEFAULT " + default if default else ""
    )
    savepoint = connection.begin_nested()
    try:
        for statement in (*types, made):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        connection.exec_driver_sql("ALTER TABLE pg_temp.schemaproof_conversion ALTER c TYPE " + new)
    except Exception as error:
        return sqlstate(error) == _DATATYPE_MISMATCH
    finally:
        savepoint.rollback()
    return False


def _compiled(context: Any, type_: Any) -> str:
    return str(type_.compile(context.dialect))


def default_sql(context: Any, default: Any) -> str | None:
    """Return a default as SQL writes it; None without one, and for other kinds of defaults."""
    value = getattr(default, "arg", default)
    if value is None or value is False or type(default).__name__ in ("Identity", "Computed"):
        return None
    if isinstance(value, str):
        return "'{}'".format(value.replace("'", "''"))
    plain = plain_dialect(context.dialect)
    return str(value.compile(dialect=plain, compile_kwargs={"literal_binds": True}))
