"""Install and uninstall the audit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from schemaproof.audit import as_made
from schemaproof.audit.queries import SQL
from schemaproof.audit.state import AuditState, read_state
from schemaproof.connection import own_settings
from schemaproof.connection.diagnostics import read_diagnostics
from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.errors import DatabaseRefusedError, SchemaproofError
from schemaproof.findings.findings import Finding
from schemaproof.program import command_line
from schemaproof.sql import quoting
from schemaproof.sql.sql_files import SqlTemplate

READERS: Final = "pg_read_all_stats"
"""The role whose members may read the recorded commands: PostgreSQL shows them the statements of
other sessions anyway."""
_READ_ONLY: Final = "25006"
_REFUSED: Final = "42501"
_NO_ROLE: Final = "42704"
_NEEDED: Final = "2BP01"
_LOCKED: Final = "55P03"
_PRIVILEGE: Final = (
    "connect as a superuser, or print the script for one (--sql); on a managed server as its"
    " administrator (rds_superuser, cloudsqlsuperuser, azure_pg_admin), or have the server log"
    " the commands: log_statement = ddl"
)


def install_script(readers: Sequence[str] = ()) -> str:
    """Return the SQL that installs the audit, to be run by a superuser in psql."""
    return _script(_install_sql(readers))


def uninstall_script() -> str:
    """Return the SQL that removes the audit."""
    return _script(SQL.text("uninstall"))


def install(connection: AnyConnection, readers: Sequence[str] = ()) -> bool:
    """Install the audit, or update an installed one to this version.

    Args:
        connection: A superuser's connection, outside a transaction.
        readers: The roles that may read the record, besides ``READERS``.

    Returns:
        Whether no audit was installed before.

    Raises:
        DatabaseRefusedError: The role lacks the privilege, a reader does not exist, or the session
            is read-only.
        SchemaproofError: The schema contains something else, or the audit was altered.
    """
    with _in_one_transaction(connection):
        before = read_state(connection)
        if before is not None:
            _refuse_strangers(before)
        rows(connection, _install_sql(readers))
        after = read_state(connection)
        if after is None or (left := _altered(after)):
            raise SchemaproofError(
                f"{as_made.SCHEMA} differs from what this version installs, and was not changed: "
                + "; ".join(f"{one.path} {one.hint}" for one in left),
                remedy=(
                    f"see what differs: {command_line('audit status')}, and repair it:"
                    f" {command_line('check --sql')}"
                ),
            )
    return before is None


def uninstall(connection: AnyConnection) -> bool:
    """Remove the audit and everything that it recorded.

    Args:
        connection: A connection of a superuser or of the role that installed it, outside a
            transaction.

    Returns:
        Whether an audit was installed.

    Raises:
        DatabaseRefusedError: The role lacks the privilege, another object depends on the audit, or
            the session is read-only.
    """
    with _in_one_transaction(connection):
        there = read_state(connection) is not None
        rows(connection, SQL.text("uninstall"))
    return there


def _install_sql(readers: Sequence[str]) -> str:
    roles = ", ".join([READERS, *map(quoting.name, readers)])
    names = {"record_function": SQL.text("record_function"), "readers": roles}
    return SqlTemplate(SQL.text("install")).substitute(names)


def _script(sql: str) -> str:
    begin = (*own_settings.FOR_SCRIPT, "BEGIN", own_settings.SEARCH_PATH_FOR_TRANSACTION)
    return ";\n".join([*begin, sql, "COMMIT", own_settings.AFTER_SCRIPT]) + ";\n"


def _refuse_strangers(before: AuditState) -> None:
    if before.strangers:
        raise SchemaproofError(
            f"a schema {as_made.SCHEMA} already exists, and contains objects of"
            f" {', '.join(before.strangers)}",
            remedy="look at its objects, then drop it",
        )


def _altered(after: AuditState) -> list[Finding]:
    return [one for one in after.report.findings if one.code == "audit-altered"]


@contextmanager
def _in_one_transaction(connection: AnyConnection) -> Iterator[None]:
    try:
        with own_settings.transaction(connection):
            _refuse_standby(connection)
            rows(connection, "SET LOCAL lock_timeout TO '5s'")
            rows(connection, "SET LOCAL client_min_messages TO warning")
            yield
    except SchemaproofError:
        raise
    except Exception as error:
        if (refused := _refusal(error)) is None:
            raise
        raise refused from error


def _refuse_standby(connection: AnyConnection) -> None:
    [facts] = rows(connection, "SELECT pg_catalog.pg_is_in_recovery() AS is_standby")
    if facts["is_standby"]:
        raise DatabaseRefusedError(
            "the server is a standby, which only reads",
            remedy="connect to the primary server; its standbys receive what is installed there",
            sqlstate=_READ_ONLY,
        )


def _refusal(error: Exception) -> DatabaseRefusedError | None:
    """Return why the server refused in one line; None when this module does not know the error."""
    refusal = read_diagnostics(error)
    remedies = {
        _REFUSED: _PRIVILEGE,
        _NO_ROLE: "name roles that exist",
        _NEEDED: f"drop the objects that depend on it or were added to the schema {as_made.SCHEMA}",
        _LOCKED: "a transaction that changes the schema is open: try again when it has ended",
    }
    if refusal is None or refusal.sqlstate not in remedies:
        return None
    return DatabaseRefusedError(
        refusal.message_primary or "the server refused it",
        remedy=remedies[refusal.sqlstate],
        sqlstate=refusal.sqlstate,
    )
