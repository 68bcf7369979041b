"""Inspect our own tables (the version table, the ledger) before they are used.

A table of the expected name proves nothing: whoever may create in the schema may have made it
first, with a trigger that runs as whoever migrates, or as a view over a function. So the catalogs
are asked before a row is read or written.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemaproof.connection import prepared_statements
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.errors import TamperedHistoryError
from schemaproof.history.queries import SQL
from schemaproof.program import command_line

if TYPE_CHECKING:
    from schemaproof.schema.scope import Scope

Name = tuple[str, str]
"""Schema and name of a table."""


@dataclass(frozen=True, slots=True)
class InspectedTable:
    """One of these tables, as the catalogs describe it.

    Attributes:
        quoted: Its name with the schema, as SQL writes it.
        is_readable: Whether this role may read it.
        columns: The types of its columns, by name.
        needed: Columns that are required and have no default.
        has_usual_owner: Whether it belongs to one of those who may own it, and not only to somebody
            who may act as one of them, such as a superuser.
        stranger: Its owner, where that is nobody who may own it: he can make it run his code.
        granted_by_default: Roles (or PUBLIC) that its owner's new tables are granted to.
        faults: What of it could run somebody's code, or hide rows; empty when nothing could.
    """

    quoted: str
    is_readable: bool
    columns: Mapping[str, str]
    needed: frozenset[str]
    faults: tuple[str, ...]
    has_usual_owner: bool = True
    stranger: str | None = None
    granted_by_default: frozenset[str] = frozenset()

    @property
    def fault(self) -> str | None:
        """All faults in one text; None without a fault."""
        return ", ".join(self.faults) or None


def inspect_tables(
    connection: AnyConnection, scope: Scope, names: Collection[Name]
) -> dict[Name, InspectedTable]:
    """Inspect tables within the current transaction, without reading a row of them.

    Args:
        connection: The connection of SQLAlchemy (its driver may be asyncpg), or of psycopg2.
        scope: Who may own them: its parts ``owner...`` and ``migrator``, and the owners of its
            managed schemas.
        names: The tables.

    Returns:
        Those that are there.
    """
    sql, given = SQL.for_driver("inspect_tables"), parameters(scope, names)
    found = prepared_statements.rows(connection, "inspect_tables", sql, given)
    return {
        (row["schema"], row["name"]): InspectedTable(
            quoted=row["quoted"],
            is_readable=row["readable"],
            columns=dict(zip(row["names"] or (), row["types"] or (), strict=True)),
            needed=frozenset(
                name
                for name, needed in zip(row["names"] or (), row["needed"] or (), strict=True)
                if needed
            ),
            faults=tuple(row["faults"]),
            has_usual_owner=row["usual_owner"],
            stranger=row["stranger"],
            granted_by_default=frozenset(row["granted_by_default"]),
        )
        for row in found
    }


def refuse_unsafe(tables: Mapping[Name, InspectedTable]) -> None:
    """Refuse to use tables that are not safe.

    Raises:
        TamperedHistoryError: One of them could run foreign code or hide rows.
    """
    for table in tables.values():
        if table.fault is not None:
            raise TamperedHistoryError(
                f"{table.quoted} is not to be trusted: {table.fault}; no row of it was read or"
                " written",
                remedy="find out who changed it, and undo that"
                f" ({command_line('check --sql')}); if its owner migrates, name it in"
                f" [tool.schemaproof.roles]",
            )


def parameters(
    scope: Scope, names: Collection[Name], owners: Collection[str] = ()
) -> dict[str, str]:
    """Return the parameters of ``queries/inspect_tables.sql``; as JSON, which every driver takes.

    ``owners`` are roles that may own them besides those that the project names.
    """
    roles = [*(role for role, part in scope.roles if _migrates(part)), *owners]
    return {
        "tables": json.dumps(sorted(names), ensure_ascii=False),
        "schemas": json.dumps(scope.managed, ensure_ascii=False),
        "roles": json.dumps(roles, ensure_ascii=False),
    }


def _migrates(part: str) -> bool:
    return part == "migrator" or part.startswith("owner")
