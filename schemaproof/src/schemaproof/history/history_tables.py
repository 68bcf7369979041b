"""Inspect the version table and the ledger before and after each use."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.errors import TamperedHistoryError
from schemaproof.history import ledger_form, table_safety
from schemaproof.history.queries import SQL
from schemaproof.history.table_safety import InspectedTable, Name
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope
from schemaproof.sql.sql_files import with_literals

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Connection

_VERSION_TYPES: Final = ("text", "character varying")


def inspect_tables(connection: AnyConnection, scope: Scope) -> dict[Name, InspectedTable]:
    """Inspect version table and ledger within the current transaction; return those that exist."""
    return table_safety.inspect_tables(connection, scope, _names(scope))


def inspect_safe_tables(connection: AnyConnection, scope: Scope) -> dict[Name, InspectedTable]:
    """Like :func:`inspect_tables`, but refuse tables that are not safe to read.

    Raises:
        TamperedHistoryError: A table could run code of another role or hide rows.
    """
    found = inspect_tables(connection, scope)
    refuse_unsafe(found, scope)
    return found


def refuse_unsafe(found: Mapping[Name, InspectedTable], scope: Scope) -> None:
    """Refuse to use tables that are not safe.

    Raises:
        TamperedHistoryError: A table could run code of another role or hide rows.
    """
    ledger = found.get(scope.ledger_table)
    if ledger is not None and ledger.fault is not None:
        raise ledger_form.altered(scope, ledger.fault)
    table_safety.refuse_unsafe(found)


def make_version_table(context: MigrationContext, scope: Scope) -> None:
    """Create the version table as Alembic does.

    A table that somebody created meanwhile is inspected before it is read.

    Raises:
        TamperedHistoryError: Somebody created the table, and it could run code of another role or
            hide rows.
    """
    if context.connection is None:
        return
    # This is the table that Alembic described when it was configured. The public function that
    # creates it exists only since Alembic 1.14.
    table = context._version  # noqa: SLF001
    table.create(context.connection, checkfirst=True)  # This happens in the current transaction.
    lock_for_writing(context.connection, {scope.version_table})
    inspect_safe_tables(context.connection, scope)


def lock_and_inspect(connection: Connection, scope: Scope) -> None:
    """Like :func:`inspect_safe_tables`, but lock the tables until the transaction ends.

    The lock is that of a writer, which conflicts with CREATE TRIGGER and the relevant forms of
    ALTER TABLE (manual, 13.3.1 Table-Level Locks).
    """
    lock_for_writing(connection, _names(scope))
    inspect_safe_tables(connection, scope)


def lock_and_inspect_in_script(context: MigrationContext, scope: Scope) -> None:
    """Like :func:`lock_and_inspect`, for a script (``--sql``) that fails if a table is not safe."""
    from sqlalchemy import text

    # text() would take a word after a colon for a parameter.
    inspection = inspection_for_script(scope, _names(scope)).replace(":", "\\:")
    context.execute(text(inspection))


def lock_for_writing(connection: AnyConnection, names: Collection[Name]) -> None:
    """Take the lock of a writer on tables, until the transaction ends."""
    quoted = ", ".join(f"ONLY {path(*name)}" for name in sorted(names))
    rows(connection, f"LOCK TABLE {quoted} IN ROW EXCLUSIVE MODE")


def version_rows(connection: AnyConnection, scope: Scope) -> list[str]:
    """Return the rows of the version table, which exists and is safe to read."""
    found = rows(connection, f"SELECT version_num FROM {path(*scope.version_table)}")  # noqa: S608
    return sorted(row["version_num"] for row in found)


def verify_written(connection: Connection, scope: Scope, heads: Collection[str]) -> None:
    """Check before the commit that the version table holds the rows of a step.

    Raises:
        TamperedHistoryError: The version table holds other rows.
    """
    found = version_rows(connection, scope)
    if found != sorted(heads):
        raise TamperedHistoryError(
            f"{path(*scope.version_table)} contains {_listed(found)} although {_listed(heads)} was"
            " written; the step is rolled back",
            remedy="find the trigger, rule or session that writes it: only the migrator may do so",
        )


def verify_written_in_script(
    context: MigrationContext,
    scope: Scope,
    heads: Collection[str],
    gone: Collection[str] = (),
) -> None:
    """Make a script (``--sql``) fail if the version table holds other revisions than expected.

    Args:
        context: The context of Alembic that prints the script.
        scope: The scope of the project.
        heads: The revisions that the table should hold.
        gone: The revisions that the table should not hold.
    """
    given = {
        # The path becomes a plain str, because SQLAlchemy chooses the type of a parameter by its
        # exact class.
        "table": str(path(*scope.version_table)),
        "heads": json.dumps(sorted(heads)),
        "left": json.dumps(sorted(gone)),
    }
    context.execute(SQL.clause("version_in_script").bindparams(**given))


def version_fault(table: InspectedTable) -> str | None:
    """Return why a version table cannot be read; None when it can."""
    if table.fault is not None:
        return table.fault
    type_ = table.columns.get("version_num", "").partition("(")[0]
    return None if type_ in _VERSION_TYPES else "it has no column version_num of text"


def inspection_for_script(
    scope: Scope, names: Collection[Name], owners: Collection[str] = ()
) -> str:
    """Return SQL that locks existing tables and fails if one is not safe.

    Args:
        scope: The scope of the project, with the roles that may own the tables.
        names: The tables.
        owners: Further roles that may own the tables.
    """
    held = SQL.text("inspect_and_lock_tables").replace("@{look}", SQL.text("inspect_tables"))
    return with_literals(held, table_safety.parameters(scope, names, owners))


def _listed(revisions: Collection[str]) -> str:
    return ", ".join(sorted(revisions)) or "no row"


def _names(scope: Scope) -> set[Name]:
    return {scope.version_table, scope.ledger_table}
