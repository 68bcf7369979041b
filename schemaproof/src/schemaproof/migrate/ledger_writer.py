"""Write the ledger: create or update the table, and add a row for each step and each failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemaproof.connection import prepared_statements
from schemaproof.connection.diagnostics import read_sqlstate
from schemaproof.connection.driver_errors import retold
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.history import history_tables, ledger, ledger_form
from schemaproof.history.ledger_sql import with_ledger
from schemaproof.history.queries import SQL as HISTORY_SQL
from schemaproof.migrate.ledger_row import Row
from schemaproof.migrate.queries import SQL
from schemaproof.schema.scope import Scope

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, MigrationInfo
    from sqlalchemy import Connection

_CONSTRAINT_VIOLATED: Final = "23"
# A table or a type of this name exists, or two sessions have created it at the same time, which
# violates the key of the catalog.
_EXISTS: Final = frozenset({"42P07", "42710", "23505"})
_ROLLED_BACK: Final = "the step is rolled back"


def prepare(connection: AnyConnection, scope: Scope) -> None:
    """Create the table, or update an older one, within the current transaction.

    Raises:
        TamperedHistoryError: The table is not as the runner made it, or another session created it
            after we had looked for it.
    """
    if ledger.columns(connection, scope):
        # The table may have been changed before this lock was granted, so it is read again.
        history_tables.lock_for_writing(connection, {scope.ledger_table})
        ledger.columns(connection, scope)
    try:
        rows(connection, with_ledger(HISTORY_SQL, scope).text("ledger_create"))
    except Exception as error:
        if read_sqlstate(error) not in _EXISTS:
            raise
        raise ledger_form.altered(scope, "somebody has just created it") from error


def prepare_in_script(context: MigrationContext, scope: Scope) -> None:
    """Make a script (``--sql``) create the table or update an older one."""
    context.execute(with_ledger(HISTORY_SQL, scope).clause("ledger_create"))


def record_in_script(context: MigrationContext, scope: Scope, row: Row) -> None:
    """Make a script (``--sql``) write the row of a step."""
    sql = with_ledger(SQL, scope).clause("ledger_record")
    context.execute(sql.bindparams(**row.parameters()))


def record(connection: AnyConnection, scope: Scope, row: Row) -> None:
    """Write the row of a step in the transaction of the step.

    Raises:
        TamperedHistoryError: A constraint that somebody added refuses the row.
    """
    sql = with_ledger(SQL, scope).for_driver("ledger_record")
    try:
        prepared_statements.rows(connection, "ledger_record", sql, row.parameters())
    except Exception as error:
        if not (read_sqlstate(error) or "").startswith(_CONSTRAINT_VIOLATED):
            raise
        raise ledger_form.altered(scope, retold(error), _ROLLED_BACK) from error


def record_failure(
    connection: Connection, scope: Scope, row: Row, error: str, sqlstate: str | None
) -> None:
    """Record a failed attempt with its reason, in a separate transaction.

    Raises:
        TamperedHistoryError: The table could run code of another role.
    """
    history_tables.lock_for_writing(connection, {scope.ledger_table})
    history_tables.inspect_safe_tables(connection, scope)
    connection.execute(
        with_ledger(SQL, scope).clause("ledger_failed"),
        {**row.parameters(), "error": error, "sqlstate": sqlstate},
    )


def refuse_unless_upgraded(context: MigrationContext, scope: Scope, step: MigrationInfo) -> None:
    """Make the script of a downgrade (``--sql``) fail if no upgrade created the dropped objects."""
    sql = with_ledger(SQL, scope).clause("ledger_refuse")
    context.execute(sql.bindparams(revision=step.up_revision_id))
