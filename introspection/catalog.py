"""Connection → snapshot: reads the system catalogs in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, TypeVar

from core import plans
from core.answers import AnyConnection, Row, rolled_back, rows, server_major, sqlstate, statement
from core.errors import DatabaseRefusedError
from introspection import normalize
from introspection.normalize import CatalogRows
from introspection.shapes import Scope, Snapshot

if TYPE_CHECKING:
    from sqlalchemy import Connection

ATTEMPTS: Final = 5
VERBATIM: Final = {"no_parameters": True}
"""Execution options for a statement that is complete: a % in it is a %."""
_INTERNAL_ERROR: Final = "XX000"
_T = TypeVar("_T")


class SchemaChangedError(DatabaseRefusedError):
    """Another session changed the schema while it was read.

    The queries see one state, but the functions that print definitions see the newest: for what is
    gone by then they return null or '???', or fail with an internal error.
    """

    def __init__(self) -> None:
        super().__init__(
            "another session changed the schema while it was read",
            remedy="try again when it has finished",
        )


def read_snapshot(connection: AnyConnection, scope: Scope) -> Snapshot:
    """Read what is in scope, within the current transaction.

    The transaction's print settings and ``search_path`` are changed until it ends, so it should be
    one of its own (:func:`reading`) or a savepoint (:func:`inside_transaction`).

    Raises:
        SchemaChangedError: What was read belongs to no single state; see :func:`retried`.
    """
    answers(connection, "settings")
    schemas = _rows(connection, "schemas", managed=[*scope.managed], shared=[*scope.shared])
    schema_oids = [row["oid"] for row in schemas]
    relations = [
        row
        for row in _rows(connection, "relations", schema_oids=schema_oids)
        if is_in_scope(scope, row["schema"], row["name"])
    ]
    relation_oids = [row["oid"] for row in relations]
    sequences = [
        row
        for row in _rows(connection, "sequences", schema_oids=schema_oids)
        if _is_ours(scope, row, relation_oids)
    ]
    parts = parts_of(scope)
    # In a scratch database everything is ours, whatever schema it is in.
    managed_oids = [row["oid"] for row in schemas if row["managed"] or scope.own is None]
    return normalize.snapshot(
        CatalogRows(
            schemas=schemas,
            relations=relations,
            columns=_rows(connection, "columns", relations=relation_oids),
            constraints=_rows(connection, "constraints", relations=relation_oids),
            indexes=_rows(connection, "indexes", relations=relation_oids),
            sequences=sequences,
            relation_objects=_rows(connection, "relation_objects", relations=relation_oids),
            schema_objects=[
                row
                for name in ("routines", "types", "schema_objects")
                for row in _rows(connection, name, schema_oids=schema_oids)
                if is_in_scope(scope, row["schema"], row["name"])
            ],
            database_objects=[
                row
                for row in _rows(
                    connection,
                    "database_objects",
                    managed_oids=managed_oids,
                    relations=relation_oids,
                )
                if row["ours"] or scope.own is None or (row["kind"], row["name"]) in scope.own
            ],
            default_privileges=_rows(
                connection, "default_privileges", managed_oids=managed_oids, **parts
            ),
            access=_rows(
                connection,
                "access",
                relations=relation_oids,
                sequences=[row["oid"] for row in sequences],
                schema_oids=schema_oids,
                **parts,
            ),
            major=server_major(connection),
        )
    )


def parts_of(scope: Scope) -> dict[str, Any]:
    """Return what the queries need to tell the parts of roles."""
    schema, table = scope.version_table
    return {
        "version_schema": schema,
        "version_table": table,
        "role_names": [role for role, _ in scope.roles],
        "role_parts": [part for _, part in scope.roles],
    }


@contextmanager
def reading(connection: AnyConnection) -> Iterator[None]:
    """One read-only transaction in which every query sees the same state."""
    with rolled_back(connection):
        # For this transaction alone: execution_options() would change the connection for good.
        rows(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def retried(work: Callable[[], _T]) -> _T:
    """Do some reading again when the schema changed meanwhile.

    Raises:
        SchemaChangedError: It changed every time.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except SchemaChangedError:
            continue
    return work()


@contextmanager
def inside_transaction(connection: Connection) -> Iterator[Connection]:
    """A savepoint that is rolled back: a look around that leaves the transaction as it was."""
    savepoint = connection.begin_nested()
    try:
        yield connection
    finally:
        savepoint.rollback()


def is_in_scope(scope: Scope, schema: str, name: str) -> bool:
    """Whether an object of this name is looked at."""
    # Only * and ? are wildcards: a bracket may be part of a name.
    patterns = (pattern.replace("[", "[[]") for pattern in scope.ignored)
    if any(fnmatchcase(f"{schema}.{name}", pattern) for pattern in patterns):
        return False
    return schema in scope.managed or scope.own is None or (schema, name) in scope.own


def _is_ours(scope: Scope, sequence: Row, relation_oids: list[int]) -> bool:
    """A sequence that belongs to a column goes where its table goes."""
    if sequence["owner"] is not None:
        return sequence["owner"] in relation_oids
    return is_in_scope(scope, sequence["schema"], sequence["name"])


def _rows(connection: AnyConnection, name: str, **parameters: Any) -> list[Row]:
    try:
        found = plans.rows(connection, name, _sql(name), parameters)
    except Exception as error:
        if sqlstate(error) != _INTERNAL_ERROR:
            raise
        raise SchemaChangedError from error
    if any(row.get("definition", "") is None or row.get("type") == "???" for row in found):
        raise SchemaChangedError
    return found


def answers(connection: AnyConnection, name: str, **parameters: Any) -> list[Row]:
    """Return the rows of one of the catalog queries (``queries/NAME.sql``)."""
    return rows(connection, _sql(name), parameters)


def _sql(name: str) -> str:
    return statement("introspection.queries", name)
