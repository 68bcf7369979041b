"""The key whose ranges a backfill goes through, and the conditions of a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from schemaproof.errors import MigrationRefusedError
from schemaproof.migrate.queries import SQL

if TYPE_CHECKING:
    from sqlalchemy import Connection

AFTER: Final = "backfill_after_"
"""The prefix of the names of parameters for the lower bound."""
UP_TO: Final = "backfill_up_to_"
"""The prefix of the names of parameters for the upper bound."""
GROUND: Final = "backfill"


@dataclass(frozen=True, slots=True)
class Key:
    """Columns that identify each row and that an index sorts.

    Attributes:
        table: The table, as SQL writes it.
        names: The columns, as SQL writes them.
        types: Their types.
        texts: The SQL expressions that turn each column into a text; its type reads the text
            again, whatever the session's settings are.
        greater: The operator that sorts them.
        up_to: The operator that includes the bound.
        rows: The estimated number of rows of the table; None when unknown.
    """

    table: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    texts: tuple[str, ...]
    greater: str
    up_to: str
    rows: int | None

    @property
    def columns(self) -> str:
        """The columns, as a list in SQL."""
        return ", ".join(self.names)

    @property
    def descending(self) -> str:
        """The columns in descending order, for ORDER BY."""
        return ", ".join(f"{name} DESC" for name in self.names)

    def after(self, *, is_first: bool) -> str:
        """Return the condition that a row comes after the lower bound, if there is one yet."""
        return "true" if is_first else f"({self.columns}) {self.greater} ({self._bound(AFTER)})"

    @property
    def within(self) -> str:
        """The condition that a row does not come after the upper bound."""
        return f"({self.columns}) {self.up_to} ({self._bound(UP_TO)})"

    def _bound(self, prefix: str) -> str:
        return ", ".join(f"CAST(:{prefix}{i} AS {type_})" for i, type_ in enumerate(self.types))


def parameters(prefix: str, position: Sequence[str]) -> dict[str, str]:
    """Return the parameters of a bound."""
    return {f"{prefix}{number}": value for number, value in enumerate(position)}


def find(connection: Connection, table: str) -> Key:
    """Find the key of a table.

    Args:
        connection: The connection, within a transaction and with the ``search_path`` of the
            revision.
        table: The table, as SQL writes it.

    Raises:
        MigrationRefusedError: There is no such table, or it has no such key.
    """
    found = connection.execute(SQL.clause("backfill_key"), {"table": table}).mappings().all()
    if not found:
        raise MigrationRefusedError(
            f"there is no table {table} to backfill",
            ground=GROUND,
            remedy="write it as SQL does, with its schema",
        )
    if found[0]["name"] is None:
        raise MigrationRefusedError(
            f"{table} has no primary key, so there are no ranges to backfill it by",
            ground=GROUND,
            remedy="make a unique index of columns that are NOT NULL first (CREATE UNIQUE INDEX"
            " CONCURRENTLY), in a revision of its own",
        )
    rows = int(found[0]["row_estimate"] or 0)
    return Key(
        table=found[0]["table_name"],
        names=tuple(row["name"] for row in found),
        types=tuple(row["type"] for row in found),
        # The names differ from those of the columns, because ORDER BY would otherwise sort by the
        # text.
        texts=tuple(f"{_as_text(row)} AS last_{number}" for number, row in enumerate(found)),
        greater=_operator([row["greater"] for row in found], ">"),
        up_to=_operator([row["up_to"] for row in found], "<="),
        rows=rows or None,
    )


def _as_text(row: Mapping[Any, Any]) -> str:
    name = row["name"]
    # JSON contains dates in ISO 8601, whatever DateStyle is.
    return f"(to_jsonb({name}) #>> '{{}}')" if row["is_date"] else f"CAST({name} AS text)"


def _operator(found: Sequence[str], otherwise: str) -> str:
    """Return the operator that all columns share, because a comparison of rows has only one."""
    return found[0] if len(set(found)) == 1 else otherwise
