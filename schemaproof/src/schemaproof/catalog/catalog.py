"""Connection → snapshot: reads the system catalogs in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from schemaproof.catalog import normalize
from schemaproof.catalog.catalog_parts import look_around
from schemaproof.catalog.catalog_queries import SchemaChangedError
from schemaproof.catalog.catalog_values import Contents
from schemaproof.catalog.normalize import Parts
from schemaproof.connection import own_settings
from schemaproof.connection.raw_sql import (
    AnyConnection,
    DriverConnection,
    rolled_back,
    rows,
    server_major,
)
from schemaproof.connection.readers import Readers
from schemaproof.schema.shapes import Scope, Snapshot

if TYPE_CHECKING:
    from sqlalchemy import Connection

ATTEMPTS: Final = 5
VERBATIM: Final = {"no_parameters": True}
"""Execution options for a statement that is complete: a % in it is a %."""
MANY: Final = 200
"""Objects from which on a second session reads them faster than one."""
_READ_ONLY: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_T = TypeVar("_T")


def read_snapshot(connection: AnyConnection, scope: Scope) -> Snapshot:
    """Read what is in scope, within the current transaction.

    The transaction's print settings and ``search_path`` are changed until it ends, so it should be
    one of its own (:func:`reading`) or a savepoint (:func:`inside_transaction`).

    Raises:
        SchemaChangedError: What was read belongs to no single state; see :func:`retried`.
    """
    return read(Readers(connection), scope)


def read(readers: Readers, scope: Scope) -> Snapshot:
    """As :func:`read_snapshot`; where there is much to read, by a second session too."""
    session = readers.session
    rows(session, own_settings.for_transaction(session))
    if len(scope.own or ()) >= MANY:
        readers.call_another(lambda: _same_state_as(session))
    found = look_around(session, scope)
    indexes = readers.ask(found.indexes)
    constraints = readers.ask(found.constraints)
    sequences = found.sequences(session)
    access = found.access(session, sequences)
    columns = readers.ask(partial(found.columns, access), first=True)
    relation_objects = readers.ask(partial(found.relation_objects, access))
    schema_objects = readers.ask(partial(found.schema_objects, access))
    database_objects = readers.ask(partial(found.database_objects, access))
    default_privileges = readers.ask(found.default_privileges)
    return normalize.snapshot(
        Parts(
            schemas=found.schemas,
            relations=found.relations,
            access=access,
            contents=Contents(
                columns=readers.get(columns),
                constraints=readers.get(constraints),
                indexes=readers.get(indexes),
                objects=readers.get(relation_objects),
            ),
            sequences=normalize.sequences(sequences, access),
            schema_objects=readers.get(schema_objects),
            default_privileges=readers.get(default_privileges),
            database_objects=readers.get(database_objects),
            major=server_major(session),
        )
    )


def _same_state_as(
    session: AnyConnection,
) -> Callable[[DriverConnection], AbstractContextManager[None]]:
    """Return what makes another session see what this one sees.

    Manual, 9.28.5 Snapshot Synchronization Functions; on a standby, too.
    """
    (found,) = rows(session, "SELECT pg_export_snapshot() AS exported")

    @contextmanager
    def transaction(other: DriverConnection) -> Iterator[None]:
        with rolled_back(other):
            rows(other, f"{own_settings.for_transaction(other)}; {_READ_ONLY}")
            rows(other, "SET TRANSACTION SNAPSHOT %(exported)s", found)
            yield

    return transaction


@contextmanager
def reading(connection: AnyConnection) -> Iterator[None]:
    """One read-only transaction in which every query sees the same state, with our settings."""
    with rolled_back(connection):
        # For this transaction alone: execution_options() would change the connection for good.
        rows(connection, f"{own_settings.for_transaction(connection)}; {_READ_ONLY}")
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
