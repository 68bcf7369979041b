"""Rows that violate a foreign key: left behind switched off triggers, or not validated yet.

PostgreSQL never looks at them again by itself. Looking reads the tables, so it is done on request.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import and_, column, exists, func, or_, select, table
from sqlalchemy.dialects.postgresql import psycopg2

from schemaproof.catalog.catalog import reading
from schemaproof.catalog.catalog_queries import answers, is_in_scope
from schemaproof.catalog.untrusted_types import untrusted_types
from schemaproof.connection.raw_sql import AnyConnection, Row, rows
from schemaproof.findings.findings import Finding, Kind
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope


def violation_findings(
    connection: AnyConnection,
    scope: Scope,
    transaction: Callable[[AnyConnection], AbstractContextManager[None]] = reading,
) -> Iterator[Finding]:
    """Yield a finding for each foreign key that has rows without what they refer to.

    Each key is looked at in a transaction of its own, so that no lock is held for longer.

    Args:
        connection: Where to read.
        scope: Whose keys are looked at.
        transaction: Begins and ends one.
    """
    schemas = [*scope.managed, *scope.shared]
    with transaction(connection):
        untrusted = untrusted_types(connection)
        keys = answers(connection, "foreign_keys", schemas=schemas, untrusted_types=untrusted)
    for key in keys:
        if not is_in_scope(scope, key["schema"], key["relation"]):
            continue
        where = path(key["schema"], key["relation"], key["name"])
        if reason := _why_unread(key):
            yield Finding(Code("foreign-key", "unverified"), Kind.UNVERIFIED, where, None, reason)
            continue
        with transaction(connection):
            count, example = _violated(connection, key)
        if count:
            found = f"{count} rows, one with {', '.join(key['columns'])} = {example}"
            yield Finding(Code("foreign-key", "violated"), Kind.DRIFT, where, "no row", found)


def _why_unread(key: Row) -> str | None:
    if key["period"]:
        return "keys over periods are not looked at"
    if not key["comparable"]:
        return "comparing a type of somebody else's could run his code"
    return None if key["readable"] else "no privilege"


def _violated(connection: AnyConnection, key: Row) -> tuple[int, str | None]:
    """Return how many rows violate the key, and an example."""
    compiled = _violations(key).compile(dialect=psycopg2.dialect())  # type: ignore[no-untyped-call]
    (found,) = rows(connection, str(compiled), compiled.params)
    return found["count"], found["example"]


def _violations(key: Row) -> Any:
    """Count the rows whose key is whole and refers to nothing (or is half null in MATCH FULL)."""
    own = table(key["relation"], *map(column, key["columns"]), schema=key["schema"]).alias("own")
    other = table(
        key["referenced"], *map(column, key["referenced_columns"]), schema=key["referenced_schema"]
    ).alias("other")
    columns = [own.c[name] for name in key["columns"]]
    pairs = zip(columns, key["referenced_columns"], key["operators"], strict=True)
    found = exists().where(
        *(
            other.c[theirs].op(operator, is_comparison=True)(mine)
            for mine, theirs, operator in pairs
        )
    )
    lost = and_(*(mine.is_not(None) for mine in columns), ~found)
    if key["match_full"]:
        half = and_(or_(*(mine.is_(None) for mine in columns)), ~and_(*_nulls(columns)))
        lost = or_(lost, half)
    values = func.min(func.concat_ws(", ", *columns)).label("example")
    return select(func.count().label("count"), values).select_from(own).where(lost)


def _nulls(columns: list[Any]) -> list[Any]:
    return [mine.is_(None) for mine in columns]
