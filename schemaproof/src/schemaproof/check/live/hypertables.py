"""Hypertables of TimescaleDB: whether they are divided, compressed and dropped as declared.

Their chunks are in schemas of the extension, which are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from schemaproof.catalog.catalog_queries import query_rows
from schemaproof.connection.raw_sql import rows
from schemaproof.findings.findings import Finding, Kind
from schemaproof.schema.codes import Code
from schemaproof.schema.paths import path

if TYPE_CHECKING:
    from schemaproof.connection.raw_sql import AnyConnection
    from schemaproof.findings.steps import Step
    from schemaproof.schema.hypertable import Hypertable
    from schemaproof.schema.scope import Scope

MISSING: Final = Code("hypertable", "missing")
INTERVAL: Final = Code("hypertable", "interval")
POLICY: Final = Code("hypertable", "policy")
_STATE: Final = """
SELECT
    EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'timescaledb') AS is_installed,
    EXISTS (
        SELECT FROM pg_catalog.pg_available_extensions() AS one WHERE one.name = 'timescaledb'
    ) AS is_available
"""


def hypertable_findings(
    connection: AnyConnection, scope: Scope
) -> Iterator[tuple[Finding, Step | None]]:
    """Yield a finding for each hypertable that is not as declared.

    If the server does not offer the extension, the revisions have created plain tables, and there
    are no findings.
    """
    if not scope.hypertables:
        return
    [state] = rows(connection, _STATE)
    if state["is_installed"]:
        tables = {(one.schema, one.name): one for one in scope.hypertables}
        for row in query_rows(connection, "hypertables", **_parameters(scope)):
            for finding in _findings(tables[row["schema"], row["name"]], row):
                yield finding, None
    elif state["is_available"]:
        for one in scope.hypertables:
            yield _missing(one, "TimescaleDB is not installed in this database"), None


def _parameters(scope: Scope) -> dict[str, list[str | None]]:
    return {
        "schemas": [one.schema for one in scope.hypertables],
        "names": [one.name for one in scope.hypertables],
        "columns": [one.column for one in scope.hypertables],
        "intervals": [one.interval for one in scope.hypertables],
        "compressed_after": [one.compressed_after for one in scope.hypertables],
        "dropped_after": [one.dropped_after for one in scope.hypertables],
    }


def _findings(one: Hypertable, row: dict[str, object]) -> Iterator[Finding]:
    where = path(one.schema, one.name)
    if not row["has_column"]:
        yield _missing(one, str(row["dimensions"] or "no hypertable"))
        return
    if not row["has_interval"]:
        wanted = f"{one.column} by {one.interval}"
        yield Finding(INTERVAL, Kind.DRIFT, where, wanted, str(row["dimensions"]))
    for verb in ("compressed", "dropped"):
        if not row[f"is_{verb}_so"]:
            wanted, found = getattr(one, f"{verb}_after"), row[f"{verb}_after"]
            expected, actual = (_printed(verb, text) for text in (wanted, found))
            yield Finding(POLICY, Kind.DRIFT, where, expected, actual)


def _printed(verb: str, after: object) -> str:
    return f"{verb} after {after}" if after else f"never {verb}"


def _missing(one: Hypertable, actual: str) -> Finding:
    wanted = f"{one.column} by {one.interval}"
    return Finding(MISSING, Kind.DRIFT, path(one.schema, one.name), wanted, actual)
