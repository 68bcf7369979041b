"""What the live database says of its revision, as far as this role may read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.answers import AnyConnection, Row, rows, statement
from core.project import Project
from migrations.runner import ledger, ledger_form

LEDGER: Final = ("public", ledger.TABLE.removeprefix("public."))


@dataclass(frozen=True, slots=True)
class LiveHistory:
    """What stands in Alembic's version table, and in the ledger.

    Attributes:
        there: Whether there is a version table.
        rows: Its rows, sorted; None when this role may not read it.
        ledger_readable: Whether this role may read the ledger; None when there is none.
        checksums: Of the files that were applied here, by revision, as the ledger has them.
        ledger_fault: How the ledger is not as the runner made it; None when it is.
    """

    there: bool
    rows: tuple[str, ...] | None
    ledger_readable: bool | None = None
    checksums: Mapping[str, str] = field(default_factory=dict)
    ledger_fault: str | None = None


def read_history(connection: AnyConnection, project: Project) -> LiveHistory:
    """Read the version table and the ledger, within the current transaction."""
    tables = _tables_there(connection, {project.version_table, LEDGER})
    may_read_ledger = tables[LEDGER]["readable"] if LEDGER in tables else None
    fault = ledger_form.fault(connection) if may_read_ledger else None
    return LiveHistory(
        there=project.version_table in tables,
        rows=_rows(connection, tables.get(project.version_table)),
        ledger_readable=may_read_ledger,
        checksums=ledger.checksums(connection) if may_read_ledger and fault is None else {},
        ledger_fault=fault,
    )


def are_any_there(connection: AnyConnection, names: Collection[tuple[str, str]]) -> bool:
    """Whether any of these relations (schema, name) exists."""
    return bool(_tables_there(connection, names))


def _rows(connection: AnyConnection, table: Row | None) -> tuple[str, ...] | None:
    if table is None:
        return ()
    if not table["readable"]:
        return None
    sql = f"SELECT version_num FROM {table['quoted']} ORDER BY version_num"  # noqa: S608 - by the server
    found = rows(connection, sql)
    return tuple(row["version_num"] for row in found)


def _tables_there(
    connection: AnyConnection, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Row]:
    """Return which of these tables exist, with their quoted names and whether we may read them."""
    sql = statement("migrations.runner.queries", "tables_there")
    parameters = {
        "schemas": [schema for schema, _ in names],
        "names": [name for _, name in names],
    }
    return {(row["schema"], row["name"]): row for row in rows(connection, sql, parameters)}
