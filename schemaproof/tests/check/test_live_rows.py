"""A check finds rows whose foreign key refers to no row, and rows in the wrong partition."""

import pytest

from schemaproof.check.live import partition_rows
from schemaproof.check.live.foreign_keys import violation_findings
from schemaproof.schema.scope import Scope
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.servers import Database

SCOPE = Scope(managed=("q",), shared=())
TEAMS = "CREATE TABLE q.teams (league integer, id integer, PRIMARY KEY (league, id))"
PLAYERS = (
    "CREATE TABLE q.players (league integer, team integer,"
    " CONSTRAINT fk FOREIGN KEY (league, team) REFERENCES q.teams{match})"
)


def found(database: Database, rows: str, match: str = "") -> list[tuple[str, str, str | None]]:
    database.execute_each("CREATE SCHEMA q", TEAMS, PLAYERS.format(match=match))
    off = "ALTER TABLE q.players DISABLE TRIGGER ALL"
    on = "ALTER TABLE q.players ENABLE TRIGGER ALL"
    database.execute_each("INSERT INTO q.teams VALUES (1, 1)")
    database.superuser.execute_each(off, f"INSERT INTO q.players VALUES {rows}", on)
    with connected(database) as connection:
        findings = list(violation_findings(connection, SCOPE))
    return [(finding.code, finding.path, finding.actual) for finding in findings]


def test_rows_that_refer_to_nothing_are_counted_with_an_example(any_database: Database) -> None:
    assert found(any_database, "(1, 1), (1, 2), (3, 1)") == [
        ("foreign-key-violated", "q.players.fk", "2 rows, one with league, team = 1, 2")
    ]


@pytest.mark.parametrize("rows", ["(1, 1)", "(NULL, 5)", "(NULL, NULL)"])
def test_rows_that_refer_to_something_or_to_null_are_fine(
    any_database: Database, rows: str
) -> None:
    assert found(any_database, rows) == []


def test_a_half_null_key_violates_match_full(any_database: Database) -> None:
    ((code, _, actual),) = found(any_database, "(NULL, 5), (NULL, NULL), (1, 1)", " MATCH FULL")
    assert (code, actual) == ("foreign-key-violated", "1 row, one with league, team = 5")


RANGE = "RANGE (a)", ("FROM (1) TO (10)", "FROM (10) TO (20)", None)
NESTED = "LIST (a)", ("IN (2) PARTITION BY RANGE (b)", None)
HASH = "HASH (a, b)", ("WITH (MODULUS 2, REMAINDER 0)", "WITH (MODULUS 2, REMAINDER 1)")


def make_parts(database: Database, key: str, parts: tuple[str | None, ...]) -> None:
    database.execute_each(
        "CREATE SCHEMA q",
        f"CREATE TABLE q.t (a integer, b integer) PARTITION BY {key}",
        *(
            f"CREATE TABLE q.t_{number} PARTITION OF q.t"
            f" {f'FOR VALUES {bounds}' if bounds else 'DEFAULT'}"
            for number, bounds in enumerate(parts)
        ),
    )


def put(database: Database, part: str, rows: str) -> None:
    """Insert rows outside the bounds of a partition, by hiding in the catalogs that it is one."""
    hide = "UPDATE pg_class SET relispartition = {} WHERE oid = '{}'::regclass"
    database.superuser.execute_each(
        "SET allow_system_table_mods = on",
        hide.format("false", part),
        f"INSERT INTO {part} VALUES {rows}",
        hide.format("true", part),
    )


def outside(database: Database) -> list[tuple[str, str, str | None]]:
    with connected(database) as connection:
        findings = list(partition_rows.violation_findings(connection, SCOPE))
    return [(finding.code, finding.path, finding.actual) for finding in findings]


@pytest.mark.parametrize(
    ("key", "parts", "part", "rows", "count"),
    [
        (*RANGE, "q.t_1", "(9, 1), (10, 1), (NULL, 1)", 2),
        (*RANGE, "q.t_2", "(NULL, 1), (0, 1), (5, 1)", 1),
        (*HASH, "q.t_0", "(1, 1), (1, 2), (1, 3), (1, 4)", 2),
    ],
    ids=["range", "default", "hash"],
)
def test_rows_that_their_partition_may_not_hold_are_counted(
    any_database: Database,
    key: str,
    parts: tuple[str | None, ...],
    part: str,
    rows: str,
    count: int,
) -> None:
    make_parts(any_database, key, parts)
    any_database.execute("INSERT INTO q.t SELECT n, n FROM generate_series(1, 19) AS n")
    assert outside(any_database) == []
    put(any_database, part, rows)
    end = "row" if count == 1 else "rows"
    assert outside(any_database) == [
        ("partition-violated", part, f"{count} {end} outside of its bounds")
    ]


def test_a_partition_of_a_partition_holds_what_both_allow(database: Database) -> None:
    make_parts(database, *NESTED)
    database.execute("CREATE TABLE q.t_3 PARTITION OF q.t_0 FOR VALUES FROM (0) TO (9)")
    put(database, "q.t_3", "(2, 1), (3, 1), (2, 9)")
    assert outside(database) == [("partition-violated", "q.t_3", "2 rows outside of its bounds")]


def test_a_key_that_runs_code_is_not_compared(database: Database) -> None:
    make_parts(database, "RANGE (abs(a))", ("FROM (1) TO (10)",))
    reason = "comparing the key of the partitions could run the code of another role"
    assert outside(database) == [("partition-unverified", "q.t_0", reason)]
