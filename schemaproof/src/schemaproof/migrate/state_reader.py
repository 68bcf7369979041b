"""Compare the database with the snapshots of revisions, for the gate and each revision."""

from dataclasses import replace

from sqlalchemy import Connection

from schemaproof.catalog.catalog import inside_transaction, retried
from schemaproof.check import live_diff
from schemaproof.check.live_diff import State
from schemaproof.history import version_table
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope


def read(connection: Connection, scope: Scope, expected: Snapshot) -> State:
    """Compare the database with a snapshot, and leave the transaction unchanged."""

    def compared() -> State:
        with inside_transaction(connection):
            return live_diff.read_state(connection, scope, expected)

    return retried(compared)


def read_wider(
    connection: Connection, scope: Scope, state: State | None, expected: Snapshot
) -> State:
    """Read the objects in the scope of a snapshot, unless they were read before.

    Args:
        connection: The connection to the database.
        scope: The schemas to look at.
        state: The state that was read last, and that still holds; None when there is none.
        expected: The snapshot after the next revision.
    """
    names = expected.only(scope.schemas).object_names()
    wider = replace(scope, own=frozenset(names))
    if state is None or not _shows_the_same(connection, state.scope, wider, expected):
        return read(connection, scope, expected)
    return state if state.scope == wider else replace(state, scope=wider)


def _shows_the_same(connection: Connection, old: Scope, new: Scope, expected: Snapshot) -> bool:
    """Whether the new scope contains the same objects as the old one.

    The new scope may contain objects of a shared schema that the revision is going to create.
    """
    seen, wanted = old.own or frozenset(), new.own or frozenset()
    added = wanted - seen
    if replace(old, own=new.own) != new or not seen <= wanted:
        return False
    tables = {where.names for where, _ in (*expected.all_relations(), *expected.all_sequences())}
    return not added or (added <= tables and not version_table.any_exists(connection, added))
