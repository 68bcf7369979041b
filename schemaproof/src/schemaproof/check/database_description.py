"""Read a database as a schema to compare with others."""

from dataclasses import replace

from schemaproof.catalog.canonical_text import with_known_prints
from schemaproof.catalog.catalog import read_snapshot, reading, retried
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.history import version_table
from schemaproof.history.history import History
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope


def read(
    connection: AnyConnection, scope: Scope, history: History, like: Snapshot | None = None
) -> Snapshot:
    """Read the objects of a project from a database, in one read-only transaction.

    In shared schemas, these are the objects that the head or the revision of the database has. Each
    text gets the prints that their snapshots have.
    """
    return retried(lambda: _read(connection, scope, history, like))


def _read(
    connection: AnyConnection, scope: Scope, history: History, like: Snapshot | None
) -> Snapshot:
    with reading(connection):
        at = version_table.inspect_history(connection, scope).rows
        recorded = [history.joined_snapshot(at) if at else None, history.head_snapshot, like]
        known = [one.only(scope.schemas) for one in recorded if one is not None]
        names = {name for one in known for name in one.object_names()}
        # If no object of the project is known, every object may belong to it.
        own = frozenset(names) or None
        found = read_snapshot(connection, replace(scope, own=own))
    for one in known:
        found = with_known_prints(found, one)
    return found
