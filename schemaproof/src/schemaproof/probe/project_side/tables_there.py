"""Facts about the tables that exist before a change."""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateColumn

from .column_queries import KEYS
from .failures import first_line
from .rendering import plain_dialect
from .safe_steps import Table
from .tried_copy import TriedCopy
from .written_statements import DroppedConstraint, NewConstraint, Statement, Statements

NOT_TRIED = "it could not be tested whether every row is rewritten"

_PARTITIONED = """
SELECT n.nspname, c.relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'p'
"""
NO_KEY = "the table has no key (a unique index of columns that are NOT NULL) to fill its rows by"

_DROPS = ("DropIndexOp", "DropConstraintOp")


def unquoted(name: str) -> str:
    """Return a name without the quotes of SQL."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


class TablesThere:
    """The tables before a change.

    Attributes:
        context: The context of the migration.
        notes: Notes for the reader of the change.
        postgresql: The major version of all databases; 0 if it is not known.
        created_first: The statements that create the types and sequences of new columns.
        names_given: The indexes of partitions that the change creates.
    """

    def __init__(self, context: Any, operations: list[Any], postgresql: int | None = None) -> None:
        self.context = context
        self.postgresql = postgresql or 0
        self.notes: list[str] = []
        self.names_given: set[Table] = set()
        self._default_schema = context.dialect.default_schema_name or "public"
        self.dialect = plain_dialect(context.dialect)
        self._operations = operations
        kinds: dict[str, set[Table]] = {}
        for one in operations:
            if hasattr(one, "table_name"):
                kinds.setdefault(type(one).__name__, set()).add(self._key(one))
        self._new = kinds.get("CreateTableOp", set())
        self._dropped = kinds.get("DropTableOp", set())
        self.created_first = [sql for one in operations for sql in _created_first(one)]
        rows = context.connection.exec_driver_sql(_PARTITIONED)
        self._partitioned = {(row[0], row[1]) for row in rows}

    def is_there(self, one: Any) -> bool:
        """Whether an operation is about a table that existed before."""
        return self.key(one) not in self._new

    def key(self, one: Any) -> Table:
        """Return the table that an operation is about."""
        table: Table | None = getattr(one, "table", None)
        return table if isinstance(table, tuple) else self._key(one)

    def _key(self, one: Any) -> Table:
        if hasattr(one, "source_table"):
            return self.named(one.kw.get("source_schema"), one.source_table)
        return self.named(getattr(one, "schema", None), getattr(one, "table_name", ""))

    def named(self, schema: Any, name: Any) -> Table:
        """Return a table by its name in an operation."""
        return str(schema or self._default_schema), str(name)

    def existing(self, tables: Iterable[Table | None]) -> frozenset[Table]:
        """Return the tables among some that existed before."""
        return frozenset(one for one in tables if one is not None and one not in self._new)

    def locked(self, one: Any) -> frozenset[Table]:
        """Return the tables that existed before and that an operation locks."""
        tables = [self._key(one)] if hasattr(one, "table_name") else []
        if hasattr(one, "source_table"):
            tables.append(self._key(one))
            tables.append(self.named(one.kw.get("referent_schema"), one.referent_table))
        if type(one).__name__ == "CreateTableOp":
            made = one.to_table()
            for key in made.foreign_keys:
                *schema, name, _ = key.target_fullname.rsplit(".", 2)
                tables.append(self.named(schema[0] if schema else None, name))
        return self.existing(tables)

    def is_partitioned(self, one: Any) -> bool:
        """Whether an operation is about a table that has partitions."""
        return self.is_partitioned_name(self.key(one))

    def is_partitioned_name(self, table: Table) -> bool:
        """Whether a table has partitions."""
        return table in self._partitioned

    def is_dropped(self, one: Any) -> bool:
        """Whether the table of an operation is dropped."""
        return self.key(one) in self._dropped

    def indexes_of_dropped(self, table: Any) -> list[Any]:
        """Return the operations that drop the indexes of a table before the table is dropped."""
        return [
            one
            for one in self._operations
            if type(one).__name__ == "DropIndexOp" and self._key(one) == self._key(table)
        ]

    def foreign_key(self, table: Table, row: Any) -> NewConstraint:
        """Return an existing foreign key of a table, a row of ``FOREIGN_KEYS``."""
        name, referenced = self.quoted(row["name"]), (row["of_schema"], row["of_table"])
        on, definition = self.shown(table), row["definition"]
        return NewConstraint("foreign-key", table, on, name, definition, referenced)

    def make_apart(self, constraint: NewConstraint) -> None:
        """Drop a constraint before the change, and add it again after the change."""
        self._operations.insert(0, DroppedConstraint(constraint))
        self._operations.append(constraint)

    def dropped_parts(self, table: Table) -> set[str]:
        """Return the indexes and constraints of a table that are dropped."""
        found = set()
        for one in self._operations:
            name = getattr(one, "index_name", None) or getattr(one, "constraint_name", None)
            constraint = getattr(one, "constraint", None)
            if constraint is not None and self.key(constraint) == table:
                found.add(unquoted(constraint.name))
            elif type(one).__name__ in _DROPS and self._key(one) == table:
                found.add(str(name))
        return found

    def quoted(self, *names: Any) -> str:
        """Return a name as SQL writes it; without a schema where none is given."""
        quote = self.dialect.identifier_preparer.quote
        return ".".join(quote(str(name)) for name in names if name)

    def shown(self, table: Table) -> str:
        """Return a table as SQL writes it, without the default schema."""
        schema, name = table
        return self.quoted(None if schema == self._default_schema else schema, name)

    def note(self, one: Any, what: str, column: str = "") -> None:
        """Add a note for the reader."""
        name = ".".join(filter(None, (*self.key(one), column)))
        self.notes.append(f"{name}: {what}")

    def is_rewritten_for(self, one: Any) -> bool:
        """Whether adding a column makes PostgreSQL rewrite every row, tried on an empty copy."""
        connection = self.context.connection
        copy = TriedCopy(connection, self.quoted(one.schema, one.table_name), self.quoted)
        try:
            with copy.undone():
                copy.make(self.created_first)
                for other in self._added_before(one):
                    copy.add(self._column(other))
                files = copy.files()
                copy.add(self._column(one))
                return bool(copy.files() != files)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            self.note(one, f"{NOT_TRIED} ({first_line(error)})", one.column.name)
            return False

    def is_rewritten_with(self, table: Table, column: str) -> bool:
        """Whether adding a column makes PostgreSQL rewrite every row."""
        copy = TriedCopy(self.context.connection, self.shown(table), self.quoted)
        with copy.undone():
            copy.make(())
            files = copy.files()
            copy.add(column)
            return bool(copy.files() != files)

    def index_columns(self, one: Any, kind: str, definition: str) -> list[str]:
        """Return the names of the columns of an index, as an empty copy of the table has them."""
        copy = TriedCopy(
            self.context.connection, self.quoted(one.schema, one.table_name), self.quoted
        )
        with copy.undone():
            copy.make(self.created_first)
            for other in self._added_before(one):
                copy.add(self._column(other))
            return copy.index_columns(kind, definition)

    def rows(self, query: str, table: Table) -> list[Any]:
        """Return the rows of a query about a table."""
        found = self.context.connection.execute(text(query), {"table": self.quoted(*table)})
        return list(found.mappings())

    def has_key(self, table: Table) -> bool:
        """Whether a table has a key by which a backfill can go through it."""
        return bool(self.rows(KEYS, table))

    def _added_before(self, one: Any) -> Iterator[Any]:
        for other in self._operations:
            if other is one:
                return
            if type(other).__name__ == "AddColumnOp" and self._key(other) == self._key(one):
                yield other

    def _column(self, one: Any) -> str:
        return str(CreateColumn(one.column).compile(dialect=self.dialect))


def _created_first(one: Any) -> Iterable[str]:
    if isinstance(one, Statement):
        return [one.sql] if one.sql.startswith("CREATE TYPE") else []
    up = one.up if isinstance(one, Statements) else ()
    return [sql for sql in up if sql.startswith("CREATE SEQUENCE")]
