"""Create the models in a scratch database, object by object."""

from __future__ import annotations

from typing import Any, Iterator

from . import declared_objects
from .failures import first_line, sqlstate

_NO_SUCH_SCHEMA = "3F000"
_IS_THERE = ("42P07", "42710")


class Creation:
    """Create objects one by one, so that one that PostgreSQL refuses does not affect the others.

    A table that refers to a refused table is created without those foreign keys; they are reported
    with the refused table.
    """

    def __init__(self, connection: Any) -> None:
        from sqlalchemy.engine.mock import MockConnection

        self._connection = connection
        self._refused: list[dict[str, Any]] = []
        self._tables_refused: dict[str, dict[str, Any]] = {}
        self._types: set[Any] = set()

        class Recorded(MockConnection):
            """A recorder of DDL that passes on other attributes of the connection."""

            def __getattr__(self, name: str) -> Any:
                return getattr(connection, name)

        self._engine = Recorded(connection.dialect, self._execute)

    def run(self, parts: list[Any], declared: list[Any]) -> list[dict[str, Any]]:
        """Create all objects, and return those that PostgreSQL refuses."""
        for metadata, tables in distinct_tables(parts):
            metadata.create_all(self._engine, tables=tables, checkfirst=False)
        for one in declared:
            for thing in declared_objects.flattened(one):
                declared_objects.create(thing, self._execute, self._connection)
        return self._refused

    def _execute(self, statement: Any, parameters: Any = None, *_: Any, **named: Any) -> Any:
        from sqlalchemy import Table

        element: Any = getattr(statement, "element", None)
        of_table = getattr(element, "table", None)
        if of_table is not None and of_table.key in self._tables_refused:
            # The object belongs to a table that was refused.
            return None
        if hasattr(element, "enums"):
            key = (element.schema, element.name)
            if key in self._types:
                # Another metadata has the type, too, and has created it.
                return None
            self._types.add(key)
        if of_table is not None and self._is_key_to_refused(element):
            return None
        if isinstance(element, Table):
            statement = self._without_keys_to_refused(statement, element)
        try:
            # SQLAlchemy 1.4 passes the parameters by name.
            return self._tried(statement, element, named or parameters)
        except Exception as error:
            if getattr(error, "connection_invalidated", False):
                raise
            refused: dict[str, Any] = {
                **_named(element, statement),
                "message": first_line(error),
                "sqlstate": sqlstate(error),
                "referring": [],
            }
            if isinstance(element, Table):
                self._tables_refused[element.key] = refused
            self._refused.append(refused)
            return None

    def _without_keys_to_refused(self, statement: Any, table: Any) -> Any:
        from sqlalchemy.schema import CreateTable

        # Foreign keys that form a circle are not in the statement, because they are added
        # afterwards.
        written = getattr(statement, "include_foreign_key_constraints", None)
        keys = table.foreign_key_constraints if written is None else written
        left = [key for key in keys if not self._is_key_to_refused(key)]
        if len(left) == len(keys):
            return statement
        return CreateTable(table, include_foreign_key_constraints=left)

    def _is_key_to_refused(self, element: Any) -> bool:
        """Whether an element is a foreign key to a refused table; if so, the refusal lists it."""
        from sqlalchemy import ForeignKeyConstraint

        if not isinstance(element, ForeignKeyConstraint):
            return False
        target = element.elements[0].target_fullname.rpartition(".")[0]
        refused = self._tables_refused.get(target)
        if refused is None:
            return False
        table = element.table
        if table.key != target:
            refused["referring"].append([table.schema or "public", table.name])
        return True

    def _tried(self, statement: Any, element: Any, parameters: Any) -> Any:
        given = () if parameters is None else (parameters,)
        try:
            with self._connection.begin_nested():
                return self._connection.execute(statement, *given)
        except Exception as error:
            if not self._makes_room(element, sqlstate(error)):
                raise
        with self._connection.begin_nested():
            return self._connection.execute(statement, *given)

    def _makes_room(self, element: Any, state: str | None) -> bool:
        """Create a missing schema, or drop the object that has the name of a new table or type.

        Models seldom create their schemas: a revision or an administrator does. An object of that
        name was created by scratch-sql, in its form before the first revision.
        """
        from sqlalchemy import Table
        from sqlalchemy.schema import CreateSchema

        schema = getattr(element, "schema", None)
        if state == _NO_SUCH_SCHEMA and schema:
            # The schema did not exist a moment ago. Not every version of SQLAlchemy writes IF NOT
            # EXISTS.
            self._connection.execute(CreateSchema(schema))
            return True
        kind = "TABLE" if isinstance(element, Table) else hasattr(element, "enums") and "TYPE"
        if state not in _IS_THERE or not kind:
            return False
        quote = type(self._connection.dialect)(paramstyle="named").identifier_preparer.quote
        name = ".".join(quote(part) for part in (schema, element.name) if part)
        with self._connection.begin_nested():
            self._connection.exec_driver_sql(f"DROP {kind} {name} CASCADE".replace("%", "%%"))
        return True


def _named(element: Any, statement: Any) -> dict[str, str | None]:
    """Return the name of the object that a statement would have created."""
    table = getattr(element, "table", None)
    owner: Any = table if table is not None else element
    return {
        "kind": type(statement).__name__,
        "schema": getattr(owner, "schema", None),
        "table": getattr(table, "name", None),
        "name": getattr(element, "name", None) and str(element.name),
    }


def distinct_tables(parts: list[Any]) -> Iterator[Any]:
    """Yield each metadata with the tables that no earlier one has, in the order of creation."""
    seen: set[str] = set()
    for metadata in parts:
        tables = [
            table
            for key, table in metadata.tables.items()
            if key not in seen and not table.info.get("is_view")
        ]
        # None creates all tables and also what is declared beside tables, such as sequences.
        yield metadata, None if len(tables) == len(metadata.tables) else tables
        seen.update(metadata.tables)
