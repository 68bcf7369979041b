"""TimescaleDB: the extension's own objects are not drift; objects of the project are compared."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 -- as the class it is

from schemaproof.catalog.catalog import read_snapshot, reading
from schemaproof.check.live.hypertables import hypertable_findings
from schemaproof.check.live.surroundings import surrounding_findings
from schemaproof.compare import compare
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.hypertable import Hypertable, declared
from schemaproof.schema.scope import Scope
from schemaproof_testing.timescale import timescaledb

pytestmark = pytest.mark.slow
DECLARED = "at by 7 days, compressed after 30 days, dropped after 2 years"
MAKE = """
CREATE SCHEMA shop;
CREATE TABLE shop.history (at timestamptz NOT NULL, match text NOT NULL, price float8);
CREATE INDEX history_match ON shop.history (match, at);
SELECT create_hypertable('shop.history', by_range('at', interval '7 days'));
ALTER TABLE shop.history SET (timescaledb.compress, timescaledb.compress_segmentby = 'match');
SELECT add_compression_policy('shop.history', interval '30 days');
SELECT add_retention_policy('shop.history', interval '2 years');
"""
ROWS = """
INSERT INTO shop.history SELECT '2026-01-01'::timestamptz + number * interval '1 hour', 'm', 1.5
FROM generate_series(1, 1000) AS number;
"""


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with timescaledb(tmp_path_factory.mktemp("timescale")) as made:
        run(made, MAKE)
        yield made


def run(connection: Connection, sql: str) -> None:
    with connection.cursor() as cursor:
        for statement in sql.split(";")[:-1]:
            cursor.execute(statement)
    connection.commit()


def scope(text: str = DECLARED) -> Scope:
    table = declared(("shop", "history"), text)
    assert isinstance(table, Hypertable)
    own = frozenset({("shop", "history")})
    return Scope(managed=("shop",), shared=("public",), own=own, hypertables=(table,))


def seen(connection: Connection) -> Snapshot:
    with reading(connection):
        return read_snapshot(connection, scope())


def found(connection: Connection, text: str = DECLARED) -> list[tuple[str, str | None, str | None]]:
    with reading(connection):
        findings = [
            *hypertable_findings(connection, scope(text)),
            *surrounding_findings(connection, scope(text)),
        ]
    return [(str(one.code), one.expected, one.actual) for one, _ in findings]


def test_chunks_their_indexes_and_the_jobs_of_the_extension_are_no_drift(
    connection: Connection,
) -> None:
    before = seen(connection)
    run(connection, ROWS)
    run(connection, "SELECT compress_chunk(one) FROM show_chunks('shop.history') AS one LIMIT 2;")
    assert [*compare(before, seen(connection)).differences] == []
    assert found(connection) == []


@pytest.mark.parametrize(
    ("change", "undo", "expected"),
    [
        (
            "SELECT set_chunk_time_interval('shop.history', interval '1 day');",
            "SELECT set_chunk_time_interval('shop.history', interval '7 days');",
            ("hypertable-interval", "at by 7 days", "at by 1 day"),
        ),
        (
            "SELECT remove_retention_policy('shop.history');",
            "SELECT add_retention_policy('shop.history', interval '2 years');",
            ("hypertable-policy", "dropped after 2 years", "never dropped"),
        ),
        (
            "SELECT remove_compression_policy('shop.history');",
            "SELECT add_compression_policy('shop.history', interval '30 days');",
            ("hypertable-policy", "compressed after 30 days", "never compressed"),
        ),
    ],
    ids=["interval", "retention", "compression"],
)
def test_what_is_not_as_declared_is_found(
    connection: Connection, change: str, undo: str, expected: tuple[str, str, str]
) -> None:
    run(connection, change)
    assert found(connection) == [expected]
    run(connection, undo)
    assert found(connection) == []


def test_a_dropped_dimension_and_a_plain_table_are_found(connection: Connection) -> None:
    run(connection, "CREATE TABLE shop.plain (at timestamptz);")
    plain = replace(scope().hypertables[0], name="plain")
    with reading(connection):
        [(finding, _)] = hypertable_findings(connection, replace(scope(), hypertables=(plain,)))
    assert (str(finding.code), finding.actual) == ("hypertable-missing", "no hypertable")
    run(connection, "DROP TABLE shop.plain;")
    assert found(connection, DECLARED.replace("at by", "seen by")) == [
        ("hypertable-missing", "seen by 7 days", "at by 7 days")
    ]
