"""Autogenerate through the project's env.py, with the differences that the engine found."""

from __future__ import annotations

from typing import Any, Callable

from alembic import command
from sqlalchemy import inspect

from . import (
    asked_operations,
    column_defaults,
    configuring,
    index_changes,
    lock_safe,
    rendering,
    type_conversions,
)
from .asked_operations import Asked
from .failures import FailedError
from .safe_steps import LABELS, TYPES, locked_together, revisions
from .written_statements import NAME_BYTES, Statement, cut_name, labels_committed

_ONE_TRANSACTION = (
    "env.py runs all revisions in one transaction, so these tables are locked at the same time: {}"
    " (set transaction_per_migration=True in context.configure)"
)


def generate(
    config: Any, options: dict[str, Any], asked: Asked, *, plain: bool
) -> dict[str, Any] | None:
    """Write the revisions for some changes, as ``alembic revision --autogenerate`` does.

    Args:
        config: The config of Alembic.
        options: The options of Alembic's command.
        asked: The changes.
        plain: Whether one revision makes them, as Alembic writes it.

    Returns:
        The ids and paths of the files, and the notes for their reader; None if there is no change.
    """
    notes: list[str] = []
    configuring.extend(lambda given: _left_open(given, asked), lambda given: _decided(given, asked))

    def complete(context: Any, _revision: Any, directives: list[Any]) -> None:
        notes.extend(_complete(context, directives, asked, plain=plain))

    made: Any = command.revision(config, **options, process_revision_directives=complete)
    found = [one for one in (made if isinstance(made, list) else [made]) if one is not None]
    files = [{"id": one.revision, "path": str(one.path)} for one in found]
    return {"files": files, "notes": notes} if files else None


def _left_open(given: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Return the comparison options that env.py leaves open; its own options take precedence."""
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
        # Alembic then compares public by its name, as these models write it. Otherwise all tables
        # in public would look new.
        connection.exec_driver_sql("SET search_path TO pg_catalog")
        connection.dialect.default_schema_name = "pg_catalog"
        ours["version_table_schema"] = "public"
    else:
        asked.default_schema = connection.dialect.default_schema_name or "public"
    return ours


def _decided(given: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Return the options that the engine decides, whatever env.py sets."""
    return {
        "compare_type": asked.type_differs,
        # Alembic would ask the database whether both defaults are equal, but not every type has an
        # equality operator.
        "compare_server_default": False,
        "render_item": rendering.existing_types(given.get("render_item")),
    }


def _tables(given: dict[str, Any]) -> list[Any]:
    metadata = given.get("target_metadata")
    parts = list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]
    return [table for part in parts if part is not None for table in part.tables.values()]


def _only_known(declared: set[tuple[str | None, str]], asked: Asked) -> Callable[..., bool]:
    """Return a filter that includes only tables that a model declares or has declared."""
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


def _complete(context: Any, directives: list[Any], asked: Asked, *, plain: bool) -> list[str]:
    """Keep and complete the operations that make a difference; without any, write nothing.

    Returns:
        The notes for the reader.
    """
    if not directives:
        return []
    [script] = directives
    if script.upgrade_ops is None:
        raise FailedError("several", "env.py compares several databases at once")
    _require_short_names(context, asked)
    operations = _operations(context, script, asked)
    if not operations:
        directives[:] = []
        return []
    types = [one.sql for one in operations if _is_type(one)]
    script.upgrade_ops.ops[:] = operations
    statements = [one for one in asked.statements if one["note"] and (plain or not one.get("enum"))]
    notes = [one["note"] for one in statements]
    if plain:
        script.upgrade_ops.reverse_into(script.downgrade_ops)
        script.upgrade_ops.ops[:] = _labels_committed(operations)
    else:
        made, more = lock_safe.steps(context, operations, asked.postgresql)
        notes.extend(more)
        directives[:] = lock_safe.chain(script, made, asked.application)
        together = locked_together(revisions(made))
        if together and not context.opts.get("transaction_per_migration"):
            notes.append(_ONE_TRANSACTION.format(", ".join(map(".".join, sorted(together)))))
    for one in directives:
        notes.extend(_made_runnable(context, one, types))
    rendering.keep_texts(context)
    return notes


def _require_short_names(context: Any, asked: Asked) -> None:
    """Refuse to write tables and columns whose names PostgreSQL would cut."""
    for table in _tables(context.opts):
        for names in ((table.name,), *((table.name, one.name) for one in table.columns)):
            size = len(names[-1].encode())
            if size > NAME_BYTES and asked.aspects(table.schema, *map(cut_name, names)):
                kept = f"PostgreSQL keeps {NAME_BYTES}"
                raise FailedError("name", f"the name {names[-1]} has {size} bytes, and {kept}")


def _operations(context: Any, script: Any, asked: Asked) -> list[Any]:
    """Return the operations that make the changes, each of which can be undone."""
    asked_operations.keep_asked(script.upgrade_ops, asked)
    tables = _tables(context.opts)
    column_defaults.write_changes(script.upgrade_ops, asked, tables)
    index_changes.write_changes(script.upgrade_ops, asked, tables, context.connection)
    written = script.upgrade_ops.ops
    found = [
        *asked.in_sql("rename"),
        *asked.alone,
        *asked.in_sql("labels"),
        *asked.in_sql("first"),
        *asked_operations.before_tables(asked),
        *written,
        *asked.in_sql("ordinary"),
        *asked.in_sql("owned"),
        *asked_operations.after_tables(asked),
        *asked.in_sql("contract"),
        *asked.in_sql("replaced"),
    ]
    return [*_schemas(context, written), *found] if found else []


def _labels_committed(operations: list[Any]) -> list[Any]:
    labels = [one for one in operations if getattr(one, "stage", None) == LABELS]
    if len(labels) == len(operations):
        return operations
    return [labels_committed(one) if one in labels else one for one in operations]


def _made_runnable(context: Any, script: Any, types: list[str]) -> list[str]:
    for container in (script.upgrade_ops, script.downgrade_ops):
        column_defaults.put_in_order(container, _plain(context).identifier_preparer.quote)
    notes = type_conversions.write_using(context, script, types)
    rendering.complete_imports(script)
    rendering.keep_expressions(script)
    return notes


def _is_type(one: Any) -> bool:
    return isinstance(one, Statement) and one.sql.startswith("CREATE TYPE")


def _plain(context: Any) -> Any:
    return type(context.dialect)(paramstyle="named")


def _schemas(context: Any, operations: list[Any]) -> list[Statement]:
    """Return the operations that create schemas of new tables: autogenerate has none."""
    there = inspect(context.connection).get_schema_names()
    schemas = {one.schema for one in _created_tables(operations)}
    quote = _plain(context).identifier_preparer.quote
    return [
        Statement(
            f"CREATE SCHEMA IF NOT EXISTS {quote(one)}", f"DROP SCHEMA {quote(one)}", stage=TYPES
        )
        for one in sorted(one for one in schemas if one and one not in there)
    ]


def _created_tables(operations: list[Any]) -> list[Any]:
    found = []
    for one in operations:
        if hasattr(one, "ops"):
            found.extend(_created_tables(one.ops))
        elif type(one).__name__ == "CreateTableOp":
            found.append(one)
    return found
