"""The position of a backfill, kept in a table for a run after one that was killed.

The table exists while a backfill runs or is interrupted. It only saves time: filled rows do not
match again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import MetaData, Table
from sqlalchemy.schema import DropTable

from schemaproof.errors import TamperedHistoryError
from schemaproof.history import history_tables, table_safety
from schemaproof.history.ledger_sql import with_ledger
from schemaproof.history.table_safety import InspectedTable, Name
from schemaproof.migrate.queries import SQL

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from schemaproof.schema.scope import Scope

_COLUMNS: Final = {
    "backfill": "text",
    "position": "jsonb",
    "passed": "bigint",
    "changed": "bigint",
    "written_at": "timestamp with time zone",
}


@dataclass(frozen=True, slots=True)
class Position:
    """The position of a backfill.

    Attributes:
        after: The key of the last row that was looked at, as texts; empty before the first.
        passed: The number of rows that were examined.
        changed: The number of rows that were changed.
    """

    after: tuple[str, ...] = ()
    passed: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Positions:
    """The position of one backfill in the database.

    Each method runs within a transaction, with our settings.

    Attributes:
        connection: The connection that runs the backfill.
        scope: The scope that names the ledger; the table of positions is in the same schema.
        backfill: The digest that identifies the backfill.
    """

    connection: Connection
    scope: Scope
    backfill: str

    def read(self) -> Position:
        """Return where an earlier run ended; the beginning when that is unknown.

        Raises:
            TamperedHistoryError: The table is not as the runner makes it.
        """
        if not self._is_there():
            return Position()
        sql = with_ledger(SQL, self.scope).clause("backfill_position_read")
        row = self.connection.execute(sql, {"backfill": self.backfill}).one_or_none()
        return Position(tuple(json.loads(row[0])), row[1], row[2]) if row else Position()

    def write(self, position: Position) -> None:
        """Record the position of the backfill.

        Raises:
            TamperedHistoryError: The table is not as the runner makes it.
        """
        sql = with_ledger(SQL, self.scope)
        if not self._is_there():
            self.connection.execute(sql.clause("backfill_positions"))
        given = {
            "backfill": self.backfill,
            "position": json.dumps(position.after),
            "passed": str(position.passed),
            "changed": str(position.changed),
        }
        self.connection.execute(sql.clause("backfill_position_write"), given)

    def forget(self) -> None:
        """Drop the table: the backfill is done.

        Raises:
            TamperedHistoryError: The table is not as the runner makes it.
        """
        if self._is_there():
            schema, name = self.scope.backfill_table
            self.connection.execute(DropTable(Table(name, MetaData(), schema=schema)))

    def _is_there(self) -> bool:
        """Inspect the table, and lock it against changes until the transaction ends."""
        name = self.scope.backfill_table
        if name not in self._inspected(name):
            return False
        history_tables.lock_for_writing(self.connection, {name})
        found = self._inspected(name)
        if dict(found[name].columns) != _COLUMNS:
            raise TamperedHistoryError(
                f"{found[name].quoted} is not as the runner makes it; no row of it was read or"
                " written",
                remedy="drop it: it only records where interrupted backfills continue",
            )
        return True

    def _inspected(self, name: Name) -> dict[Name, InspectedTable]:
        found = table_safety.inspect_tables(self.connection, self.scope, {name})
        table_safety.refuse_unsafe(found)
        return found
