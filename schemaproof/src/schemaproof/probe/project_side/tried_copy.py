"""An empty copy of a table, to find out what PostgreSQL does with a change.

The copy is rolled back. The table itself is not changed, because the revision may be written on a
database in use, where the table has rows.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Collection, Iterable, Iterator

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from .column_parts import INDEX, TypeChange, UnsafeError
from .column_queries import CHECKS, COLUMNS, FILE, INDEX_COLUMNS, INDEXES
from .failures import first_line, sqlstate

_DATATYPE_MISMATCH = "42804"
_RARE_ZONE = "Asia/Kathmandu"
COPY = "pg_temp.schemaproof_copy"


class TriedCopy:
    """A copy of a table.

    Args:
        connection: The connection to the database.
        on: The table as SQL writes it.
        quote: The function that quotes a name as SQL does.
        gone: The indexes and constraints that the copy does not get.

    Attributes:
        on: The table as SQL writes it.
        quote: The function that quotes a name as SQL does.
    """

    def __init__(
        self,
        connection: Any,
        on: str,
        quote: Callable[[str], str],
        gone: Collection[str] = frozenset(),
    ) -> None:
        self._connection = connection
        self._gone = gone
        self._time_zone = "UTC"
        self.on = on
        self.quote = quote

    def make(self, first: Iterable[str]) -> None:
        """Copy the table, after other statements ran."""
        for sql in first:
            self.run(sql)
        own = self._connection.execute(text("SELECT current_setting('TimeZone')")).scalar()
        self._time_zone = str(own)
        # Few sessions have this time zone, so a conversion that depends on it gives another value.
        self._set_time_zone(_RARE_ZONE)
        self.run(f"CREATE TEMPORARY TABLE schemaproof_copy (LIKE {self.on} INCLUDING ALL)")
        for query in (INDEXES, CHECKS):
            # The indexes of the copy have other names, in the order of those of the table.
            for row, own in zip(self.rows(query, self.on), self.rows(query, COPY)):
                if row["name"] in self._gone:
                    self._drop(own)

    def _drop(self, part: Any) -> None:
        name = self.quote(part["name"])
        if part["kind"] == INDEX and not part["exclusion"]:
            self.run(f"DROP INDEX pg_temp.{name}")
        else:
            self.run(f"ALTER TABLE {COPY} DROP CONSTRAINT {name}")

    def make_bare(self, first: Iterable[str]) -> None:
        """Copy only the columns of the table, in place of this copy, after other statements ran."""
        self.run(f"DROP TABLE {COPY}")
        for sql in first:
            self.run(sql)
        self.run(f"CREATE TEMPORARY TABLE schemaproof_copy (LIKE {self.on})")

    def require(self, what: str, sql: str) -> None:
        """Run a statement that creates an object on the copy.

        Raises:
            UnsafeError: PostgreSQL refuses it.
        """
        try:
            self.run(sql)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            raise UnsafeError(f"{what} does not fit: {first_line(error)}") from error

    def add(self, column: str) -> None:
        """Add a column, as SQL writes it."""
        self.run(f"ALTER TABLE {COPY} ADD COLUMN {column}")

    def columns(self) -> dict[str, Any]:
        """Return the columns of the copy, by name."""
        return {row["name"]: row for row in self.rows(COLUMNS, COPY)}

    def printed(self) -> dict[str, str]:
        """Return the SQL of the parts of the copy, in the order of those of the table."""
        rows = [*self.rows(INDEXES, COPY), *self.rows(CHECKS, COPY)]
        return {row["kind"] + row["name"]: row["text"] for row in rows}

    def renamed(self, names: dict[str, str]) -> dict[str, str]:
        """Return the SQL of the parts when columns have other names."""
        with self.undone():
            for name, other in names.items():
                quoted = self.quote(name), self.quote(other)
                self.run("ALTER TABLE {} RENAME COLUMN {} TO {}".format(COPY, *quoted))
            return self.printed()

    def convert(self, name: str, change: TypeChange) -> str:
        """Change the type of a column of the copy, and return how its values are converted."""
        column = "ALTER COLUMN " + self.quote(name)
        actions = [f"{column} TYPE {change.type}"]
        if change.sets_default:
            actions.insert(0, column + " DROP DEFAULT")
        savepoint = self._connection.begin_nested()
        try:
            self.run("ALTER TABLE {} {}".format(COPY, ", ".join(actions)))
        except Exception as error:
            savepoint.rollback()
            if sqlstate(error) != _DATATYPE_MISMATCH:
                raise
        else:
            savepoint.commit()
            if change.sets_default:
                self._set_default(column, change.default)
            return "{}"
        conversion = "{}::text::" + change.type
        default = change.default
        if not change.sets_default:
            default = self.columns()[name]["default"]
        actions = [
            column + " DROP DEFAULT",
            f"{column} TYPE {change.type} USING {conversion.format(self.quote(name))}",
        ]
        self.run("ALTER TABLE {} {}".format(COPY, ", ".join(actions)))
        self._set_default(column, default)
        return conversion

    def _set_default(self, column: str, default: str | None) -> None:
        """Set a default in the time zone of the session, because it may be a time without one."""
        if default is not None:
            self._set_time_zone(self._time_zone)
            self.run(f"ALTER TABLE {COPY} {column} SET DEFAULT {default}")
            self._set_time_zone(_RARE_ZONE)

    def _set_time_zone(self, zone: str) -> None:
        self._connection.execute(text("SELECT set_config('TimeZone', :zone, true)"), {"zone": zone})

    def files(self) -> list[Any]:
        """Return the files of the copy and its indexes; a rewritten one has another file."""
        [own] = self.rows(FILE, COPY)
        return [own["file"], *sorted(row["file"] for row in self.rows(INDEXES, COPY))]

    def index_columns(self, kind: str, definition: str) -> list[str]:
        """Return the names that PostgreSQL gives to the columns of an index and to expressions."""
        self.run(f"CREATE {kind} schemaproof_index ON {COPY} {definition}")
        return [row["name"] for row in self.rows(INDEX_COLUMNS, "pg_temp.schemaproof_index")]

    def rows(self, query: str, table: str) -> list[Any]:
        """Return the rows of a query about a table, the copy or another."""
        return list(self._connection.execute(text(query), {"table": table}).mappings())

    def run(self, sql: str) -> None:
        """Run a statement."""
        self._connection.exec_driver_sql(sql.replace("%", "%%"))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Roll back everything that is done in the block."""
        savepoint = self._connection.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()
