"""Autogenerate through the project's env.py: the engine says what differs, and this writes it."""

from __future__ import annotations

import re
from typing import Any, Callable

from alembic import command
from alembic.operations.ops import ExecuteSQLOp
from sqlalchemy import inspect

from . import asked_operations, column_defaults, configuring, rendering, type_conversions
from .asked_operations import Asked
from .failures import FailedError


def generate(
    config: Any, options: dict[str, Any], changes: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """Write a revision, as ``alembic revision --autogenerate`` does, that makes changes.

    Returns:
        Its file, and what its reader has to look at; None where nothing is to be done.
    """
    asked = Asked(changes)
    notes: list[str] = []
    configuring.extend(lambda given: _left_open(given, asked), lambda given: _decided(given, asked))

    def complete(context: Any, _revision: Any, directives: list[Any]) -> None:
        notes.extend(_complete(context, directives, asked))

    made: Any = command.revision(config, **options, process_revision_directives=complete)
    for one in made if isinstance(made, list) else [made]:
        if one is not None:
            return {"path": str(one.path), "notes": notes}
    return None


def _left_open(given: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Return how to compare, where env.py may leave it open: its own options come first."""
    tables = _tables(given)
    schemas = {table.schema for table in tables}
    ours: dict[str, Any] = {"include_schemas": True}
    if "include_object" not in given:
        known = {(one.schema, one.name) for one in tables}
        ours["include_name"] = _only_known(known, asked)
    connection = given.get("connection")
    if connection is None:
        return ours
    if "public" in schemas and None not in schemas:
        # Have public compared by its name, as these models write it: else all would be new.
        connection.exec_driver_sql("SET search_path TO pg_catalog")
        connection.dialect.default_schema_name = "pg_catalog"
        ours["version_table_schema"] = "public"
    else:
        asked.default_schema = connection.dialect.default_schema_name or "public"
    return ours


def _decided(given: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Return what the engine decides, whatever env.py says: what it has compared."""
    return {
        "compare_type": asked.type_differs,
        # Alembic asks the database whether both are equal, which not every type can say.
        "compare_server_default": False,
        "render_item": rendering.existing_types(given.get("render_item")),
    }


def _tables(given: dict[str, Any]) -> list[Any]:
    metadata = given.get("target_metadata")
    parts = list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]
    return [table for part in parts if part is not None for table in part.tables.values()]


def _only_known(declared: set[tuple[str | None, str]], asked: Asked) -> Callable[..., bool]:
    """Look only at tables that a model declares, or whose model is gone."""
    schemas = {schema for schema, _ in declared}
    schemas.update(one["names"][0] for one in asked.changes if len(one["names"]) > 1)

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        if kind == "schema":
            return name is None or name in schemas
        if kind == "table":
            schema = parents["schema_name"]
            return (schema, name) in declared or bool(asked.aspects(schema, str(name)) & {"drops"})
        return True

    return include_name


def _complete(context: Any, directives: list[Any], asked: Asked) -> list[str]:
    """Leave what makes a difference, and complete it; where nothing does, nothing is written.

    Returns:
        What the reader has to look at.
    """
    if not directives:
        return []
    [script] = directives
    if script.upgrade_ops is None:
        raise FailedError("several", "env.py compares several databases at once")
    asked_operations.keep_asked(script.upgrade_ops, asked)
    column_defaults.write_changes(script.upgrade_ops, asked, _tables(context.opts))
    script.downgrade_ops.ops[:] = []
    script.upgrade_ops.reverse_into(script.downgrade_ops)
    first, last = asked_operations.before_tables(asked), asked_operations.after_tables(asked)
    for container in (script.upgrade_ops, script.downgrade_ops):
        column_defaults.put_in_order(container, _plain(context).identifier_preparer.quote)
    notes = type_conversions.write_using(
        context, script, [statement for statement, _ in first if statement.startswith("CREATE")]
    )
    _put_around(script, first, last)
    if script.upgrade_ops.is_empty():
        directives[:] = []
        return []
    _create_schemas(context, script)
    rendering.complete_imports(script)
    # With the driver's own paramstyle every % is doubled, in what is written too.
    context.dialect.identifier_preparer = _plain(context).identifier_preparer
    return notes


def _put_around(script: Any, first: list[tuple[str, str]], last: list[tuple[str, str]]) -> None:
    up, down = script.upgrade_ops.ops, script.downgrade_ops.ops
    up[:0] = [_sql(statement) for statement, _ in first]
    up.extend(_sql(statement) for statement, _ in last)
    down[:0] = [_sql(undo) for _, undo in reversed(last)]
    down.extend(_sql(undo) for _, undo in reversed(first))


def _sql(statement: str) -> Any:
    """Return an operation; ``op.execute`` takes :name for a parameter."""
    return ExecuteSQLOp(re.sub(r"(?<![:\w\\]):(?=\w+(?!:))", r"\\:", statement))


def _plain(context: Any) -> Any:
    return type(context.dialect)(paramstyle="named")


def _create_schemas(context: Any, script: Any) -> None:
    """Have the revision create the schemas of its tables, which autogenerate leaves out."""
    there = inspect(context.connection).get_schema_names()
    schemas = {one.schema for one in _created_tables(script.upgrade_ops)}
    plain = _plain(context)
    for schema in sorted(one for one in schemas if one and one not in there):
        name = plain.identifier_preparer.quote(schema)
        script.upgrade_ops.ops.insert(0, _sql("CREATE SCHEMA IF NOT EXISTS " + name))
        script.downgrade_ops.ops.append(_sql("DROP SCHEMA " + name))


def _created_tables(container: Any) -> list[Any]:
    found = []
    for one in container.ops:
        if hasattr(one, "ops"):
            found.extend(_created_tables(one))
        elif type(one).__name__ == "CreateTableOp":
            found.append(one)
    return found
