"""Check that the next value of each sequence is above the largest key.

A sequence can be behind after a restore, or after rows were copied with their keys. Then the next
insert fails on its primary key, or reuses a number that another system has.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final

from schemaproof.catalog.catalog import reading
from schemaproof.catalog.catalog_queries import SchemaChangedError, is_in_scope, query_rows, records
from schemaproof.connection.diagnostics import read_sqlstate
from schemaproof.connection.raw_sql import AnyConnection, Row, rows
from schemaproof.findings.findings import Finding, Kind
from schemaproof.findings.steps import Phase, Step
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import ObjectPath, path
from schemaproof.schema.scope import Scope
from schemaproof.sql import quoting

_Found = Iterator[tuple[Finding, Step | None]]
AT_ONCE: Final = 100
"""The number of sequences that are read in one transaction. Each needs a lock, and the server has a
limited number of locks for all transactions."""
# The SQLSTATEs of undefined_table and undefined_column.
_GONE: Final = frozenset({"42P01", "42703"})


def sequence_findings(
    connection: AnyConnection,
    scope: Scope,
    transaction: Callable[[AnyConnection], AbstractContextManager[None]] = reading,
) -> _Found:
    """Yield a finding for each sequence that is behind, exhausted or cannot be read.

    Sequences and keys are read after the schema. A transaction locks what it reads until it ends,
    so there is one transaction for every hundred sequences, with three queries at most.

    Args:
        connection: The database to read.
        scope: The project whose sequences are checked.
        transaction: The context manager that begins and ends a transaction.

    Raises:
        SchemaChangedError: A sequence or a table was dropped meanwhile.
    """
    schemas = [*scope.managed, *scope.shared]
    with transaction(connection):
        uses = query_rows(connection, "sequence_uses", schemas=schemas)
    readable = []
    for use in uses:
        if not is_in_scope(scope, use["schema"], use["relation"]):
            continue
        reason = _why_unreadable(use)
        if reason is None:
            readable.append(use)
        else:
            yield (
                Finding(Code("sequence", "unverified"), Kind.UNVERIFIED, _path(use), None, reason),
                None,
            )
    for start in range(0, len(readable), AT_ONCE):
        with transaction(connection):
            yield from _judged(connection, readable[start : start + AT_ONCE])


def _why_unreadable(use: Row) -> str | None:
    if use["column"] is None:
        return None if use["readable"] else "no privilege to read it"
    where = path(use["schema"], use["relation"], use["column"])
    if not use["readable"]:
        return f"no privilege to read it, or {where}"
    if use["hidden"]:
        return f"row security hides rows of {where}"
    return None if use["indexed"] else f"no index leads with {where}"


def _judged(connection: AnyConnection, uses: Sequence[Row]) -> _Found:
    positions = records(
        connection,
        "sequence_last_values",
        sequences=[use["sequence_oid"] for use in uses],
        relations=[use["table_oid"] for use in uses],
    )
    filled = []
    for use, position in zip(uses, positions, strict=True):
        if not position.empty:
            filled.append((use, position.last_value))
        elif position.last_value is not None:
            yield from _verdict(use, None, position.last_value + use["increment"])
    yield from _compared_with_keys(connection, filled)


def _compared_with_keys(
    connection: AnyConnection, uses: Sequence[tuple[Row, int | None]]
) -> _Found:
    keys = _first_values(connection, [use["furthest_key"] for use, _ in uses])
    used = [(*one, key) for one, key in zip(uses, keys, strict=True) if key is not None]
    uncalled = [use for use, last, _ in used if last is None]
    next_values = iter(_first_values(connection, [use["next_value"] for use in uncalled]))
    for use, last, key in used:
        following = next(next_values) if last is None else last + use["increment"]
        if following is not None:
            yield from _verdict(use, key, following)


def _first_values(connection: AnyConnection, queries: Sequence[str]) -> list[int | None]:
    """Run queries that return one value each, as a single statement."""
    if not queries:
        return []
    values = ", ".join(f"({query})" for query in queries)
    try:
        (found,) = rows(connection, f"SELECT ARRAY[{values}] AS found")
    except Exception as error:
        if read_sqlstate(error) in _GONE:
            raise SchemaChangedError from error
        raise
    return list(found["found"])


def _verdict(use: Row, key: int | None, following: int) -> _Found:
    up = use["increment"] > 0
    if not use["minimum"] <= following <= use["maximum"] and not use["cycle"]:
        limit = use["maximum"] if up else use["minimum"]
        expected = f"a next value of at most {limit}"
        finding = Finding(
            Code("sequence", "exhausted"), Kind.DRIFT, _path(use), expected, "none is left"
        )
        yield finding, _start_again(use, key)
    elif key is not None and ((following <= key) if up else (following >= key)):
        where = path(use["schema"], use["relation"], use["column"])
        bound = f"above {key}, the largest" if up else f"below {key}, the smallest"
        expected = f"a next value {bound} value of {where}"
        finding = Finding(
            Code("sequence", "behind"), Kind.DRIFT, _path(use), expected, str(following)
        )
        yield finding, _move_behind(use, key)


def _start_again(use: Row, key: int | None) -> Step | None:
    """Return the step that restarts an exhausted sequence at free values, if there are any."""
    if use["column"] is None:
        return None
    if key is None:
        return _set(use, f"{use['start']}, false")
    free = use["minimum"] <= key + use["increment"] <= use["maximum"]
    return _move_behind(use, key) if free else None


def _move_behind(use: Row, key: int) -> Step:
    return _set(use, str(key))


def _set(use: Row, value: str) -> Step:
    name = quoting.literal(quoting.name(use["sequence_schema"], use["sequence"]))
    sql = f"SELECT pg_catalog.setval({name}, {value})"
    return Step(_path(use), Phase.ALTER_SEQUENCES, sql)


def _path(use: Row) -> ObjectPath:
    return path(use["sequence_schema"], use["sequence"])
