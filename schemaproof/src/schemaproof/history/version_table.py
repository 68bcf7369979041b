"""The revision of the live database, as far as this role may read it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.history import history_tables, ledger, ledger_form
from schemaproof.history.queries import SQL
from schemaproof.history.table_safety import InspectedTable, Name
from schemaproof.schema.scope import Scope


@dataclass(frozen=True, slots=True)
class LiveHistory:
    """The contents of Alembic's version table and of the ledger.

    Attributes:
        there: Whether there is a version table.
        rows: The rows of the version table, sorted; None when this role may not read the table, or
            reading it is unsafe.
        ledger_readable: Whether this role may read the ledger; None when there is no ledger.
        checksums: The checksums of the files that were applied here, by revision, from the ledger.
        ledger_fault: The difference of the ledger from the table that the runner created; None
            when there is no difference.
        version_fault: The reason why the version table is not read although this role may read it;
            None when there is no such reason.
        own: The version table and the ledger, as the catalogs describe them, where they exist.
    """

    there: bool
    rows: tuple[str, ...] | None
    ledger_readable: bool | None = None
    checksums: Mapping[str, str] = field(default_factory=dict)
    ledger_fault: str | None = None
    version_fault: str | None = None
    own: Mapping[Name, InspectedTable] = field(default_factory=dict)


def read_history(connection: AnyConnection, scope: Scope) -> LiveHistory:
    """Read the version table and the ledger, within the current transaction.

    Raises:
        TamperedHistoryError: A table could run code of another role or hide rows.
    """
    history = inspect_history(connection, scope)
    history_tables.refuse_unsafe(history.own, scope)
    return history


def inspect_history(connection: AnyConnection, scope: Scope) -> LiveHistory:
    """Like :func:`read_history`, but an unsafe table is reported and not read."""
    own = history_tables.inspect_tables(connection, scope)
    version, its_ledger = own.get(scope.version_table), own.get(scope.ledger_table)
    fault = ledger_form.fault(its_ledger) if its_ledger else None
    may_read = its_ledger.is_readable if its_ledger else None
    return LiveHistory(
        there=version is not None,
        rows=_rows(connection, version),
        ledger_readable=may_read,
        checksums=ledger.checksums(connection, scope) if may_read and fault is None else {},
        ledger_fault=fault,
        version_fault=history_tables.version_fault(version) if version else None,
        own=own,
    )


def any_exists(connection: AnyConnection, names: Collection[Name]) -> bool:
    """Whether any of these relations (schema, name) exists."""
    sql = SQL.for_driver("any_there")
    parameters = {
        "schemas": [schema for schema, _ in names],
        "names": [name for _, name in names],
    }
    [found] = rows(connection, sql, parameters)
    return bool(found["any_there"])


def _rows(connection: AnyConnection, table: InspectedTable | None) -> tuple[str, ...] | None:
    if table is None:
        return ()
    if not table.is_readable or history_tables.version_fault(table) is not None:
        return None
    sql = f"SELECT version_num FROM {table.quoted} ORDER BY version_num"  # noqa: S608 - by the server
    return tuple(row["version_num"] for row in rows(connection, sql))
