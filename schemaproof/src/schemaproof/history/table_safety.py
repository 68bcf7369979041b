"""Inspect our own tables (the version table, the ledger) before they are used.

A table may have the expected name and still not be the runner's: a role that may create objects in
the schema may have created it first, with a trigger that runs with the migrator's rights, or as a
view over a function. So the catalogs are read before a row of the table is read or written.
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
"""The schema and the name of a table."""


@dataclass(frozen=True, slots=True)
class InspectedTable:
    """A table that was inspected, as the catalogs describe it.

    Attributes:
        quoted: The name of the table with the schema, as SQL writes it.
        is_readable: Whether this role may read the table.
        columns: The types of the columns, by name.
        needed: The columns that are NOT NULL and have no default.
        has_usual_owner: Whether the table belongs to a role that may own it, and not only to a role
            that may act as such a role, for example a superuser.
        stranger: The owner of the table, if that role may not own it; such an owner can make the
            table run its code. None otherwise.
        granted_by_default: Roles (or PUBLIC) that get privileges on new tables of the owner.
        faults: The properties of the table that could run code of another role or hide rows; empty
            when there are none.
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
        scope: The scope of the project. The roles with the part ``owner...`` or ``migrator``, and
            the owners of its managed schemas, may own the tables.
        names: The tables.

    Returns:
        The tables that exist.
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
        TamperedHistoryError: A table could run code of another role or hide rows.
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

    ``owners`` are roles that may own the tables besides those that the project names.
    """
    roles = [*(role for role, part in scope.roles if _migrates(part)), *owners]
    return {
        "tables": json.dumps(sorted(names), ensure_ascii=False),
        "schemas": json.dumps(scope.managed, ensure_ascii=False),
        "roles": json.dumps(roles, ensure_ascii=False),
    }


def _migrates(part: str) -> bool:
    return part == "migrator" or part.startswith("owner")
