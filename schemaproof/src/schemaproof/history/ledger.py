"""The ledger: every migration step on this database, and who ran it.

The table belongs to the runner and not to the models: it survives ``downgrade base`` and is left
out of every comparison by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from schemaproof.connection.raw_sql import AnyConnection, rows
from schemaproof.errors import HistoryError
from schemaproof.findings.codes import CODES, code
from schemaproof.findings.findings import Finding
from schemaproof.history import history_tables, ledger_form
from schemaproof.history.ledger_sql import with_ledger
from schemaproof.history.queries import SQL
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.scope import Scope

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from schemaproof.sql.sql_files import SqlFiles


def columns(connection: AnyConnection, scope: Scope) -> frozenset[str]:
    """Return the names of the ledger's columns; none without a ledger.

    Raises:
        TamperedHistoryError: The table was altered by hand.
    """
    table = history_tables.inspect_tables(connection, scope).get(scope.ledger_table)
    if table is None:
        return frozenset()
    if (what := ledger_form.fault(table)) is not None:
        raise ledger_form.altered(scope, what)
    return frozenset(table.columns)


def last_direction(connection: Connection, scope: Scope, revision: str | None) -> str | None:
    """Return whether the last step of a revision here was an ``upgrade`` or a ``downgrade``.

    Stamps are not counted: they change no schema. None when the ledger has no row for it.
    """
    sql = _sql(scope).clause("ledger_last")
    last: str | None = connection.scalar(sql, {"revision": revision})
    return last


def checksums(connection: AnyConnection, scope: Scope) -> dict[str, str]:
    """Return the checksums of the files that were applied or stamped here, by revision.

    The ledger must be there, and readable.
    """
    sql = _sql(scope).for_driver("ledger_checksums")
    return {row["revision"]: row["file_checksum"] for row in rows(connection, sql, {})}


def created(connection: AnyConnection, scope: Scope) -> frozenset[tuple[str, str]]:
    """Return kind and name of objects that upgrades created here; empty without a ledger.

    Raises:
        TamperedHistoryError: The table was altered.
    """
    if not columns(connection, scope):
        return frozenset()
    found = rows(connection, _sql(scope).for_driver("ledger_created"), {})
    splits = (row["name"].partition(" ") for row in found)
    return frozenset((kind, name) for kind, _, name in splits)


def known_findings(connection: Connection, scope: Scope) -> tuple[Finding, ...] | None:
    """Return the differences after the last compared step; None without one.

    Raises:
        TamperedHistoryError: The row was not written by the runner.
    """
    found = connection.scalar(_sql(scope).clause("ledger_known"))
    try:
        return None if found is None else tuple(_finding(one) for one in found if _is_known(one))
    except (KeyError, TypeError) as error:
        raise ledger_form.altered(scope, "the findings in its last row cannot be read") from error


def _is_known(recorded: Mapping[str, Any]) -> bool:
    """Whether this version knows a code; another version may have recorded it."""
    return recorded["code"] in CODES


def _finding(recorded: Mapping[str, Any]) -> Finding:
    about, where = code(recorded["code"]), ObjectPath.parse(recorded["path"])
    return Finding(**{**recorded, "code": about, "path": where})


def ledger_rows(
    connection: AnyConnection, scope: Scope, revision: str | None = None
) -> list[dict[str, Any]]:
    """Return the rows of the ledger, oldest first; none without a ledger.

    Args:
        connection: A connection to the database.
        scope: The roles that may own the table.
        revision: A revision, or how its id begins; None for all.

    Raises:
        TamperedHistoryError: The table was altered.
        HistoryError: The table has the form of an older version.
    """
    names = columns(connection, scope)
    if not names:
        return []
    if "outcome" not in names:
        raise HistoryError(
            f"the ledger {path(*scope.ledger_table)} has the form of an older version",
            remedy="the next migration brings it up to date: alembic upgrade head",
        )
    return rows(connection, _sql(scope).for_driver("ledger_history"), {"revision": revision})


def _sql(scope: Scope) -> SqlFiles:
    return with_ledger(SQL, scope)
