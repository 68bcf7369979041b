"""Drop the invalid index that a failed CREATE INDEX CONCURRENTLY leaves behind."""

from collections.abc import Callable, Iterator

from alembic.runtime.migration import MigrationContext

from schemaproof.catalog.catalog import VERBATIM
from schemaproof.migrate.queries import SQL
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import path
from schemaproof.sql import quoting


def drop_invalid_indexes(
    context: MigrationContext, before: Snapshot, after: Snapshot, say: Callable[[str], None]
) -> None:
    """Drop the invalid indexes that an earlier attempt at a revision left behind.

    Args:
        context: Alembic's context, whose connection is outside a transaction.
        before: The snapshot before the revision.
        after: The snapshot after it.
        say: The function that receives a message about each dropped index.
    """
    wanted = sorted(set(_indexes(after)) - set(_indexes(before)))
    connection = context.connection
    if not wanted or connection is None:
        return
    names = [f"{schema}.{name}" for schema, name in wanted]
    with connection.begin():
        rows = connection.execute(SQL.clause("invalid_indexes"), {"names": names}).all()
    for schema, name in rows:
        say(f"dropping {path(schema, name)}: invalid, left by an attempt that failed")
        drop = f"DROP INDEX CONCURRENTLY IF EXISTS {quoting.name(schema, name)}"
        with context.autocommit_block():
            connection.exec_driver_sql(drop, execution_options=VERBATIM)


def _indexes(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for where, relation in snapshot.all_relations():
        for index in relation.indexes:
            yield where.names[0], index.name
