"""``op.backfill`` updates rows by ranges of the key, for keys of any type."""

from __future__ import annotations

from typing import Any, Final

import pytest

from schemaproof.errors import ConfigurationError, MigrationRefusedError
from schemaproof.probe.project_side import plain_batches
from schemaproof_testing import backfilled
from schemaproof_testing.servers import Database

ROWS: Final = 47
KEYS: Final = {
    "by_number": ("id int PRIMARY KEY", "n"),
    "by_text": ("id text PRIMARY KEY", "n"),
    "by_uuid": ("id uuid PRIMARY KEY", "gen_random_uuid()"),
    "by_date": ("id timestamptz PRIMARY KEY", "now() - n * interval '17 hours'"),
    "by_several": ("b text, id numeric, PRIMARY KEY (b, id)", "chr(97 + n % 5), n"),
    "by_domain": ("id word PRIMARY KEY", "n"),
    "by_label": ("id label PRIMARY KEY, n int", "(enum_range(NULL::label))[n], n"),
    "by_unique_index": ("b int UNIQUE, id int NOT NULL UNIQUE", "NULL, n"),
    '"Odd ""name"" %"': ('"Id %" int PRIMARY KEY', "n"),
}
LABELS: Final = ", ".join(f"'{chr(65 + n % 26)}{n}'" for n in range(ROWS))
PARTED: Final = (
    "CREATE TABLE parted (id int, at int, PRIMARY KEY (at, id), note text)"
    " PARTITION BY RANGE (at);"
    " CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (5);"
    " CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (5) TO (99);"
    f" INSERT INTO parted SELECT n, n % 10 FROM generate_series(1, {ROWS}) n;"
    " CREATE TABLE parent (id int PRIMARY KEY, note text);"
    " CREATE TABLE child () INHERITS (parent);"
    f" INSERT INTO child SELECT n FROM generate_series(1, {ROWS}) n"
)


@pytest.fixture
def tables(database: Database) -> list[str]:
    database.execute(f"CREATE DOMAIN word AS text; CREATE TYPE label AS ENUM ({LABELS}); {PARTED}")
    for table, (columns, values) in KEYS.items():
        database.execute(
            f"CREATE TABLE {table} ({columns}, note text);"
            f" INSERT INTO {table} SELECT {values} FROM generate_series(1, {ROWS}) n"
        )
    return [*KEYS, "parted", "parent"]


def counts(database: Database, table: str) -> list[tuple[Any, ...]]:
    return database.query(f"SELECT note, count(*) FROM {table} GROUP BY 1 ORDER BY 1")


def test_every_row_gets_a_value_whatever_the_key(database: Database, tables: list[str]) -> None:
    with backfilled.operations(database) as op:
        op.execute("SET LOCAL datestyle TO 'SQL, DMY'")
        for table in tables:
            op.backfill(table, set_={"note": "'50%'"}, where="note IS NULL", batch=10)
    assert {table: counts(database, table) for table in tables} == {
        table: [("50%", ROWS)] for table in tables
    }


def test_a_script_and_alembic_alone_do_the_same_page_by_page(
    database: Database, tables: list[str]
) -> None:
    for table in tables:
        given = {"set_": "note = '50%'", "where": "note IS NULL"}
        sql = backfilled.printed(table, **given)
        assert sql.startswith("COMMIT;\n\nDO $backfill$")
        backfilled.run_alone(database, sql.partition(";\n\n")[2].rpartition(";\n\nBEGIN")[0])
    assert {table: counts(database, table) for table in tables} == {
        table: [("50%", ROWS)] for table in tables
    }


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("bare", {"set_": "a = 1", "where": "a IS NULL"}, "bare has no primary key"),
        ("nullable", {"set_": "a = 1", "where": "a IS NULL"}, "nullable has no primary key"),
        ("gone", {"set_": "a = 1", "where": "true"}, "there is no table gone"),
        ("v", {"set_": "a = 1", "where": "true"}, "there is no table v"),
        ("t", {"set_": "a = NULL", "where": "a IS NULL"}, "leaves WHERE a IS NULL true"),
        ("t", {"set_": "a = a + 1", "where": "a >= 0"}, "leaves WHERE a >= 0 true"),
        ("t", {"set_": "a = 1", "where": "true", "batch": 0}, "batch size of a backfill is 0"),
    ],
)
def test_what_cannot_end_is_refused(
    database: Database, table: str, change: dict[str, Any], message: str
) -> None:
    database.execute(
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE bare (a int);"
        " CREATE TABLE nullable (a int UNIQUE); CREATE VIEW v AS TABLE t;"
        " INSERT INTO t SELECT n, nullif(n, 5) FROM generate_series(0, 9) n"
    )
    before = database.query("TABLE t ORDER BY id")
    with (
        pytest.raises((MigrationRefusedError, ConfigurationError), match=message),
        backfilled.operations(database) as op,
    ):
        op.backfill(table, **change)
    assert database.query("TABLE t ORDER BY id") == before


def test_so_it_is_by_alembic_alone(database: Database) -> None:
    database.execute("CREATE TABLE t AS SELECT CAST(NULL AS int) AS a")
    with pytest.raises(Exception, match="rows of t are to be filled, although they just were"):
        backfilled.run_alone(database, plain_batches.loop("t", "a = NULL", "a IS NULL"))


def test_a_condition_on_other_rows_is_not_taken_for_one_that_stays(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (id int PRIMARY KEY, a int);"
        " INSERT INTO t SELECT n FROM generate_series(1, 30) n"
    )
    where = "id IN (SELECT u.id FROM t AS u WHERE u.a IS NULL) -- of the same table"
    with backfilled.operations(database) as op:
        op.backfill("t", schema="public", set_="a = id", where=where, batch=7)
    assert database.query("SELECT count(*) FROM t WHERE a = id") == [(30,)]


def test_rows_that_a_policy_hides_are_not_left_as_they_are(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1);"
        " ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY"
    )
    affected = 'query would be affected by row-level security policy for table "t"'
    with (
        pytest.raises(Exception, match=affected),
        backfilled.operations(database) as op,
    ):
        op.backfill("t", set_="a = 1", where="a IS NULL")
    with pytest.raises(Exception, match=affected):
        backfilled.run_alone(database, plain_batches.loop("t", "a = 1", "a IS NULL"))
