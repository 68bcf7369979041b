"""What the database knows about a revision: sizes of tables, rows that are in the way."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from schemaproof.lint.datachecks import DataCheck
from schemaproof.lint.kinds import Lock, Work
from schemaproof.lint.queries import SQL
from schemaproof.lint.unqualified import Unqualified
from schemaproof.schema.object_paths import SEARCHED, table_of
from schemaproof.schema.paths import path

EXAMPLES: Final = 3
_MEBIBYTE: Final = 1024 * 1024
# Assumptions about a server with ordinary disks, on the careful side; docs/migrating.md says so.
_BYTES_PER_SECOND: Final = {
    Work.SCAN: 200 * _MEBIBYTE,
    Work.BUILD: 40 * _MEBIBYTE,
    Work.REWRITE_UNLESS_UTC: 40 * _MEBIBYTE,
    Work.REWRITE: 40 * _MEBIBYTE,
}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a table is.

    Attributes:
        rows: About how many rows.
        table_bytes: Without its indexes.
        index_bytes: Its indexes.
        unread: Whether reading its rows could run somebody else's code, or would not show them all.
    """

    rows: int
    table_bytes: int
    index_bytes: int
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A condition, and the rows that meet it.

    Attributes:
        check: The condition.
        count: How many; None when it could not be asked.
        examples: Some of them, by primary key.
        problem: Why it could not be asked.
    """

    check: DataCheck
    count: int | None
    examples: tuple[Any, ...] = ()
    problem: str | None = None


def sizes(connection: Connection, names: Iterable[str]) -> Mapping[str, Size]:
    """Return the sizes of those tables that are there."""
    wanted = {name: path(*table_of(name)) for name in names}
    rows = connection.execute(
        SQL.clause("sizes"),
        {"names": sorted(set(wanted.values()))},
    )
    found = {row.name: Size(row.rows, row.table_bytes, row.index_bytes, row.unread) for row in rows}
    return {name: found[table] for name, table in wanted.items() if table in found}


def creators(connection: Connection) -> list[str]:
    """Return who else may create objects in the schema that revisions search."""
    return list(connection.execute(SQL.clause("creators"), {"schema": SEARCHED}).scalars())


def exposed(connection: Connection, names: Iterable[Unqualified]) -> list[Unqualified]:
    """Return the names that an object of somebody else could take over; each once, sorted.

    Not what pg_catalog, which is searched first, has exactly so: a type, and a function without
    arguments such as now(). Everything else is chosen by the types of its arguments.
    """
    found = sorted(set(names))
    asked = {"names": [one.name for one in found]}
    rows = connection.execute(SQL.clause("builtin_names"), asked)
    exact = {(row.kind, row.name) for row in rows}
    return [
        one
        for one in found
        if (one.kind, one.name) not in exact or (one.kind == "function" and one.has_arguments)
    ]


def seconds(lock: Lock, size: Size | None) -> float | None:
    """Estimate how long a statement takes while it holds a lock; None when nobody can tell."""
    if size is None or lock.work in {Work.UNKNOWN, Work.ROWS}:
        return None
    if lock.work is Work.CATALOG:
        return 0.0
    is_rewrite = lock.work in {Work.REWRITE, Work.REWRITE_UNLESS_UTC}
    rewritten = size.index_bytes if is_rewrite else 0
    return (size.table_bytes + rewritten) / _BYTES_PER_SECOND[lock.work]


def unread(there: Mapping[str, Size]) -> frozenset[str]:
    """Return the tables of which no row may be read."""
    return frozenset(name for name, size in there.items() if size.unread)


def count(
    connection: Connection,
    check: DataCheck,
    there: Container[str],
    unread: Container[str] = frozenset(),
) -> Counted:
    """Count the rows that a revision could not live with, within the current transaction.

    Args:
        connection: To the database.
        check: The condition.
        there: The tables that are there; one that a pending revision makes has no rows.
        unread: Those of which no row may be read.
    """
    if check.table not in there:
        return Counted(check, 0)
    for name in (check.table, check.other):
        if name in unread:
            problem = f"the rows of {name} may run somebody else's code, or be hidden"
            return Counted(check, None, problem=problem)
    if not check.query:
        return Counted(check, None, problem="PostgreSQL's parser does not read what is asked")
    # A definition may hold a colon, which would be taken for a parameter.
    query = check.query.replace(":", "\\:")
    counting = text(
        f"WITH found (row) AS ({query}) SELECT count(*), ("  # noqa: S608 - see datachecks
        f"SELECT jsonb_agg(row) FROM (SELECT row FROM found LIMIT {EXAMPLES}) AS shown"
        ") FROM found"
    )
    savepoint = connection.begin_nested()
    try:
        number, examples = connection.execute(counting).one()
    except DBAPIError as error:
        return Counted(check, None, problem=str(error.orig).splitlines()[0])
    finally:
        savepoint.rollback()
    return Counted(check, number, tuple(examples or ()))
