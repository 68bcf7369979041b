"""Rows that violate a foreign key: written while triggers were disabled, or not validated yet.

PostgreSQL does not check such rows again by itself. The check reads the tables, so it runs on
request only.
"""

from collections.abc import Iterator

from schemaproof.catalog.catalog import reading
from schemaproof.catalog.catalog_queries import is_in_scope, query_rows
from schemaproof.catalog.untrusted_types import untrusted_types
from schemaproof.connection.raw_sql import AnyConnection, Row, rows
from schemaproof.findings.findings import Finding, Kind
from schemaproof.output.counts import counted
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope
from schemaproof.sql import quoting


def violation_findings(connection: AnyConnection, scope: Scope) -> Iterator[Finding]:
    """Yield a finding for each foreign key with rows whose referenced row is missing.

    Each key is checked in a separate transaction, so that no lock is held for long.

    Args:
        connection: The database to read.
        scope: The project whose keys are checked.
    """
    schemas = [*scope.managed, *scope.shared]
    with reading(connection):
        untrusted = untrusted_types(connection)
        keys = query_rows(connection, "foreign_keys", schemas=schemas, untrusted_types=untrusted)
    for key in keys:
        if not is_in_scope(scope, key["schema"], key["relation"]):
            continue
        where = path(key["schema"], key["relation"], key["name"])
        if reason := _why_unread(key):
            yield Finding(Code("foreign-key", "unverified"), Kind.UNVERIFIED, where, None, reason)
            continue
        with reading(connection):
            count, example = _violated(connection, key)
        if count:
            found = f"{counted(count, 'row')}, one with {', '.join(key['columns'])} = {example}"
            yield Finding(Code("foreign-key", "violated"), Kind.DRIFT, where, "no row", found)


def _why_unread(key: Row) -> str | None:
    if key["period"]:
        return "foreign keys over periods are not checked"
    if not key["comparable"]:
        return "comparing a type that another role owns could run that role's code"
    return None if key["readable"] else "no privilege"


def _violated(connection: AnyConnection, key: Row) -> tuple[int, str | None]:
    """Return how many rows violate the key, and an example."""
    (found,) = rows(connection, _violations(key))
    return found["count"], found["example"]


def _violations(key: Row) -> str:
    """Return the query that counts rows whose key has no match, or is partly null (MATCH FULL)."""
    own = [f"own.{quoting.name(name)}" for name in key["columns"]]
    theirs = [f"other.{quoting.name(name)}" for name in key["referenced_columns"]]
    same = " AND ".join(
        f"{other} {operator} {mine}"
        for other, operator, mine in zip(theirs, key["operators"], own, strict=True)
    )
    referred = quoting.name(key["referenced_schema"], key["referenced"])
    whole = " AND ".join(f"{mine} IS NOT NULL" for mine in own)
    lost = f"{whole} AND NOT EXISTS (SELECT FROM {referred} AS other WHERE {same})"
    if key["match_full"]:
        some = " OR ".join(f"{mine} IS NULL" for mine in own)
        none = " AND ".join(f"{mine} IS NULL" for mine in own)
        lost = f"{lost} OR ({some}) AND NOT ({none})"
    example = f"min(concat_ws(', ', {', '.join(own)}))"
    source = quoting.name(key["schema"], key["relation"])
    return f"SELECT count(*) AS count, {example} AS example FROM {source} AS own WHERE {lost}"  # noqa: S608 - quoted
