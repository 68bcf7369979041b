"""What a CREATE INDEX CONCURRENTLY leaves behind when it fails: an index that is never used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock

from sqlalchemy import Connection

from introspection.catalog import VERBATIM
from introspection.paths import path
from introspection.repair import ddl
from introspection.shapes import Snapshot
from migrations.runner.sql import query


def drop_invalid_indexes(
    connection: Connection,
    mutex: Lock,
    before: Snapshot,
    after: Snapshot,
    say: Callable[[str], None],
) -> None:
    """Drop what an earlier attempt at a revision left of the indexes that it creates.

    Args:
        connection: In autocommit, and not the one that migrates.
        mutex: Held while the connection is used.
        before: The snapshot before the revision.
        after: The snapshot after it.
        say: Told what is dropped.
    """
    wanted = sorted(set(_indexes(after)) - set(_indexes(before)))
    if not wanted:
        return
    names = [f"{schema}.{name}" for schema, name in wanted]
    with mutex:
        rows = connection.execute(query("invalid_indexes"), {"names": names}).all()
        for schema, name in rows:
            say(f"dropping {path(schema, name)}: invalid, left by an attempt that failed")
            drop = f"DROP INDEX CONCURRENTLY IF EXISTS {ddl.name(schema, name)}"
            connection.exec_driver_sql(drop, execution_options=VERBATIM)


def _indexes(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for schema in snapshot.schemas:
        for relation in schema.relations:
            for index in relation.indexes:
                yield schema.name, index.name
