"""Whether the next value of a sequence is still above the largest key.

A sequence that is behind (after rows were copied in with their keys, or a restore) makes the next
insert fail on its primary key, or write over what another system numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.answers import AnyConnection, Row, rows
from introspection.catalog_queries import answers, is_in_scope
from introspection.findings import Finding, Kind
from introspection.paths import path
from introspection.repair import ddl
from introspection.repair.steps import Phase, Step
from introspection.shapes import Scope

_Found = Iterator[tuple[Finding, Step | None]]


def sequence_findings(connection: AnyConnection, scope: Scope) -> _Found:
    """Yield a finding for each sequence that is behind, exhausted or cannot be read.

    Three queries at most, whatever the number of sequences.
    """
    schemas = [*scope.managed, *scope.shared]
    uses = [
        use
        for use in answers(connection, "sequence_uses", schemas=schemas)
        if is_in_scope(scope, use["schema"], use["relation"])
    ]
    readable = []
    for use in uses:
        reason = _why_unreadable(use)
        if reason is not None:
            yield Finding("sequence-unverified", Kind.UNVERIFIED, _path(use), None, reason), None
        elif not use["empty"]:
            readable.append(use)
        elif use["last_value"] is not None:
            yield from _verdict(use, None, use["last_value"] + use["increment"])
    yield from _judged(connection, readable)


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
    keys = _first_values(connection, [use["furthest_key"] for use in uses])
    used = [(use, key) for use, key in zip(uses, keys, strict=True) if key is not None]
    uncalled = [use for use, _ in used if use["last_value"] is None]
    next_values = iter(_first_values(connection, [use["next_value"] for use in uncalled]))
    for use, key in used:
        last = use["last_value"]
        following = next(next_values) if last is None else last + use["increment"]
        if following is not None:
            yield from _verdict(use, key, following)


def _first_values(connection: AnyConnection, queries: Sequence[str]) -> list[int | None]:
    """Run queries of one value each, as one statement."""
    if not queries:
        return []
    values = ", ".join(f"({query})" for query in queries)
    (found,) = rows(connection, f"SELECT ARRAY[{values}] AS found")
    return list(found["found"])


def _verdict(use: Row, key: int | None, following: int) -> _Found:
    up = use["increment"] > 0
    if not use["minimum"] <= following <= use["maximum"] and not use["cycle"]:
        limit = use["maximum"] if up else use["minimum"]
        expected = f"a next value up to {limit}"
        finding = Finding("sequence-exhausted", Kind.DRIFT, _path(use), expected, "none is left")
        yield finding, _start_again(use, key)
    elif key is not None and ((following <= key) if up else (following >= key)):
        where = path(use["schema"], use["relation"], use["column"])
        expected = f"a next value {'above' if up else 'below'} {key}, the furthest of {where}"
        finding = Finding("sequence-behind", Kind.DRIFT, _path(use), expected, str(following))
        yield finding, _move_behind(use, key)


def _start_again(use: Row, key: int | None) -> Step | None:
    """Return the step that makes values that are free be given again, if any are."""
    if use["column"] is None:
        return None
    if key is None:
        return _set(use, f"{use['start']}, false")
    free = use["minimum"] <= key + use["increment"] <= use["maximum"]
    return _move_behind(use, key) if free else None


def _move_behind(use: Row, key: int) -> Step:
    return _set(use, str(key))


def _set(use: Row, value: str) -> Step:
    name = ddl.literal(ddl.name(use["sequence_schema"], use["sequence"]))
    sql = f"SELECT pg_catalog.setval({name}, {value})"
    return Step(_path(use), Phase.ALTER_SEQUENCES, sql)


def _path(use: Row) -> str:
    return path(use["sequence_schema"], use["sequence"])
