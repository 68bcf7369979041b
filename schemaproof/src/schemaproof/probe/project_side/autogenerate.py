"""Autogenerate through the project's env.py: what it does not say of comparing is said for it."""

from __future__ import annotations

from typing import Any, Callable

from alembic import command
from alembic.operations.ops import ExecuteSQLOp
from sqlalchemy import Computed, Identity, inspect, text

from . import configuring
from .failures import FailedError


def generate(config: Any, asked: dict[str, Any]) -> list[Any]:
    """Write the revision that the models ask for, as ``alembic revision --autogenerate`` does.

    Returns:
        The script that was written; none where nothing is to be done.
    """
    configuring.extend(_left_open)
    # Alembic takes the default of every column for one with a text, before it hands both to us.
    for kind in (Computed, Identity):
        kind.arg = text("")  # type: ignore[union-attr]
    made: Any = command.revision(config, **asked, process_revision_directives=_complete)
    return [one for one in (made if isinstance(made, list) else [made]) if one is not None]


def _left_open(given: dict[str, Any]) -> dict[str, Any]:
    """Return how to compare, where env.py may leave it open: its own options come first."""
    metadata = given.get("target_metadata")
    parts = list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]
    tables = [table for part in parts if part is not None for table in part.tables.values()]
    schemas = {table.schema for table in tables}
    ours: dict[str, Any] = {
        "include_schemas": True,
        "compare_type": True,
        "compare_server_default": _default_differs,
    }
    if "include_object" not in given:
        ours["include_name"] = _only_declared({(one.schema, one.name) for one in tables})
    connection = given.get("connection")
    if connection is not None and "public" in schemas and None not in schemas:
        # Have public compared by its name, as these models write it: else all would be new.
        connection.exec_driver_sql("SET search_path TO pg_catalog")
        connection.dialect.default_schema_name = "pg_catalog"
        ours["version_table_schema"] = "public"
    return ours


def _only_declared(declared: set[tuple[str | None, str]]) -> Callable[..., bool]:
    """Look only at tables that a model declares: nothing else is altered or dropped."""
    schemas = {schema for schema, _ in declared}

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        if kind == "schema":
            return name in schemas
        if kind == "table":
            return (parents["schema_name"], name) in declared
        return True

    return include_name


def _default_differs(
    context: Any, inspected: Any, column: Any, there: str | None, _: Any, asked: str | None
) -> bool | None:
    """Compare two defaults as the column's type prints them; None where Alembic is to say.

    Alembic asks PostgreSQL whether both are equal, which fails where the type has no such operator.
    """
    if any(one.computed is not None or one.identity is not None for one in (inspected, column)):
        return None  # no default
    if there is None or asked is None or "nextval(" in there:
        return None
    kind = column.type.compile(context.dialect)
    sql = "SELECT CAST(CAST({} AS {kind}) AS text) <> CAST(CAST({} AS {kind}) AS text)"
    savepoint = context.connection.begin_nested()
    try:
        found = context.connection.exec_driver_sql(sql.format(there, asked, kind=kind)).scalar()
    except Exception:
        return there != asked
    else:
        return bool(found)
    finally:
        savepoint.rollback()


def _complete(context: Any, _revision: Any, directives: list[Any]) -> None:
    """Complete what was found; where nothing was, nothing is written."""
    if not directives:
        return
    [script] = directives
    if script.upgrade_ops is None:
        raise FailedError("several", "env.py compares several databases at once")
    if script.upgrade_ops.is_empty():
        directives[:] = []
        return
    _create_schemas(context, script)


def _create_schemas(context: Any, script: Any) -> None:
    """Have the revision create the schemas of its tables, which autogenerate leaves out."""
    there = inspect(context.connection).get_schema_names()
    schemas = {one.schema for one in _created_tables(script.upgrade_ops)}
    # With the driver's own paramstyle every % is doubled, which op.execute does again.
    plain = type(context.dialect)(paramstyle="named")
    for schema in sorted(one for one in schemas if one and one not in there):
        quoted = plain.identifier_preparer.quote(schema)
        name = quoted.replace(":", r"\:")  # op.execute takes :name for a parameter
        script.upgrade_ops.ops.insert(0, ExecuteSQLOp("CREATE SCHEMA IF NOT EXISTS " + name))
        script.downgrade_ops.ops.append(ExecuteSQLOp("DROP SCHEMA " + name))


def _created_tables(container: Any) -> list[Any]:
    found = []
    for one in container.ops:
        if hasattr(one, "ops"):
            found.extend(_created_tables(one))
        elif type(one).__name__ == "CreateTableOp":
            found.append(one)
    return found
