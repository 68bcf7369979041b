"""What the live database says of its revision, as far as this role may read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final

from sqlalchemy import ColumnClause, Connection, column, select, table, text

from core.project import Project
from migrations.runner import ledger

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


def read_history(connection: Connection, project: Project) -> LiveHistory:
    """Read the version table and the ledger, within the current transaction."""
    readable = _tables_there(connection, {project.version_table, LEDGER})
    may_read_ledger = readable.get(LEDGER)
    fault = ledger.fault(connection) if may_read_ledger else None
    there = project.version_table in readable
    may_read = readable.get(project.version_table, False)
    return LiveHistory(
        there=there,
        rows=_rows(connection, project) if may_read else (None if there else ()),
        ledger_readable=may_read_ledger,
        checksums=ledger.checksums(connection) if may_read_ledger and fault is None else {},
        ledger_fault=fault,
    )


def are_any_there(connection: Connection, names: Collection[tuple[str, str]]) -> bool:
    """Whether any of these relations (schema, name) exists."""
    return bool(_tables_there(connection, names))


def _rows(connection: Connection, project: Project) -> tuple[str, ...]:
    schema, name = project.version_table
    version: ColumnClause[str] = column("version_num")
    rows = select(version).select_from(table(name, schema=schema)).order_by(version)
    return tuple(connection.scalars(rows))


def _tables_there(
    connection: Connection, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], bool]:
    """Return which of these tables exist, and whether this role may read them."""
    query = files("migrations.runner.queries").joinpath("tables_there.sql").read_text("utf-8")
    parameters = {
        "schemas": [schema for schema, _ in names],
        "names": [name for _, name in names],
    }
    return {
        (row.schema, row.name): row.readable for row in connection.execute(text(query), parameters)
    }
