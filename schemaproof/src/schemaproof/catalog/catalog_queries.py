"""Run the catalog queries (``queries/*.sql``), and keep the rows in scope."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, Final

from schemaproof.catalog.catalog_values import Record
from schemaproof.catalog.queries import SQL
from schemaproof.connection import prepared_statements
from schemaproof.connection.diagnostics import read_sqlstate
from schemaproof.connection.raw_sql import AnyConnection, Row, rows
from schemaproof.errors import DatabaseRefusedError
from schemaproof.schema.scope import Scope

_INTERNAL_ERROR: Final = "XX000"


class SchemaChangedError(DatabaseRefusedError):
    """Another session changed the schema while it was read.

    The queries see one snapshot, but the functions that print definitions see the newest state.
    For an object dropped meanwhile they return null or '???', or fail with an internal error.
    """

    def __init__(self) -> None:
        super().__init__(
            "another session changed the schema while it was read",
            remedy="try again when it has finished",
        )


def query_rows(connection: AnyConnection, name: str, **parameters: Any) -> list[Row]:
    """Return the rows of one query."""
    return rows(connection, _sql(name), parameters)


def records(connection: AnyConnection, name: str, **parameters: Any) -> list[Record]:
    """Return the rows of a query that prints definitions.

    Raises:
        SchemaChangedError: A definition was printed in a newer state than the catalogs show.
    """
    try:
        found = prepared_statements.records(connection, name, _sql(name), parameters)
    except Exception as error:
        if read_sqlstate(error) != _INTERNAL_ERROR:
            raise
        raise SchemaChangedError from error
    columns = found[0]._fields if found else ()
    if "definition" in columns and any(row.definition is None for row in found):
        raise SchemaChangedError
    if "type" in columns and any(row.type == "???" for row in found):
        raise SchemaChangedError
    return found


def scope_parameters(scope: Scope) -> dict[str, Any]:
    """Return the parameters by which the queries recognise the roles of the project."""
    schema, table = scope.version_table
    return {
        "version_schema": schema,
        "version_table": table,
        "role_names": [role for role, _ in scope.roles],
        "role_parts": [part for _, part in scope.roles],
    }


def is_ignored(scope: Scope, schema: str, name: str) -> bool:
    """Whether the project ignores an object of this name."""
    # Only * and ? are wildcards: a bracket may be part of a name.
    patterns = (pattern.replace("[", "[[]") for pattern in scope.ignored)
    return any(fnmatchcase(f"{schema}.{name}", pattern) for pattern in patterns)


def is_in_scope(scope: Scope, schema: str, name: str) -> bool:
    """Whether an object of this name is in scope."""
    if is_ignored(scope, schema, name):
        return False
    return schema in scope.managed or scope.own is None or (schema, name) in scope.own


def in_scope(scope: Scope, found: Iterable[Record]) -> list[Record]:
    """Return the rows of objects in scope."""
    return [row for row in found if is_in_scope(scope, row.schema, row.name)]


def _sql(name: str) -> str:
    return SQL.for_driver(name)
