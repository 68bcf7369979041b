"""Read the system catalogs into a snapshot, in a constant number of queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from schemaproof.catalog import catalog_parts, normalize
from schemaproof.catalog.catalog_queries import SchemaChangedError
from schemaproof.catalog.catalog_values import Contents
from schemaproof.catalog.normalize import Parts
from schemaproof.connection import own_settings
from schemaproof.connection.raw_sql import (
    AnyConnection,
    is_of_driver,
    rolled_back,
    rows,
    server_major,
)
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope

ATTEMPTS: Final = 5
VERBATIM: Final = {"no_parameters": True}
"""Execution options for a statement without parameters, in which a % stands for itself."""
_READ_ONLY: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_T = TypeVar("_T")


def read_snapshot(connection: AnyConnection, scope: Scope) -> Snapshot:
    """Read the objects in scope within the current transaction.

    The transaction's print settings and ``search_path`` are changed until it ends, so it should be
    one of its own (:func:`reading`) or a savepoint (:func:`inside_transaction`).

    Raises:
        SchemaChangedError: The schema changed during the read; see :func:`retried`.
    """
    rows(connection, own_settings.for_transaction(connection))
    found = catalog_parts.find(connection, scope)
    sequences = found.sequences()
    access = found.access(sequences)
    return normalize.snapshot(
        Parts(
            schemas=found.schemas,
            relations=found.relations,
            access=access,
            contents=Contents(
                columns=found.columns(access),
                constraints=found.constraints(),
                indexes=found.indexes(),
                objects=found.relation_objects(access),
            ),
            sequences=normalize.sequences(sequences, access),
            schema_objects=found.schema_objects(access),
            default_privileges=found.default_privileges(),
            database_objects=found.database_objects(access),
            major=server_major(connection),
        )
    )


@contextmanager
def reading(connection: AnyConnection) -> Iterator[None]:
    """Begin a read-only transaction with our settings, in which every query sees the same state."""
    with rolled_back(connection):
        # The settings hold for this transaction only. execution_options() would change the
        # connection for good.
        rows(connection, f"{own_settings.for_transaction(connection)}; {_READ_ONLY}")
        yield


def retried(work: Callable[[], _T]) -> _T:
    """Read again if another session changed the schema while it was read.

    Raises:
        SchemaChangedError: The schema changed during every attempt.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except SchemaChangedError:
            continue
    return work()


@contextmanager
def inside_transaction(connection: AnyConnection) -> Iterator[None]:
    """Begin a savepoint that is rolled back, so that the transaction stays as it was."""
    if is_of_driver(connection):
        rows(connection, "SAVEPOINT look")
        try:
            yield
        finally:
            if not connection.closed:  # The connection may have been closed on an interruption.
                rows(connection, "ROLLBACK TO SAVEPOINT look; RELEASE SAVEPOINT look")
        return
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
