"""Count the rows with which a revision would fail, on real rows."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.lint import row_checks, row_counts
from schemaproof.lint.rules import DATABASE_RULES
from schemaproof.lint.table_statistics import Size
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database

ROWS = """
CREATE TABLE public.other (id int PRIMARY KEY);
INSERT INTO public.other VALUES (1), (2);
CREATE TABLE public."Odd %s : table" (id int PRIMARY KEY, "user" int, b varchar(10), c int);
ALTER TABLE public."Odd %s : table" ADD CONSTRAINT was CHECK (c > 0);
CREATE UNIQUE INDEX "u %" ON public."Odd %s : table" (id, c);
INSERT INTO public."Odd %s : table" VALUES
    (1, 1, 'abc', 7), (2, 2, 'abcdef', 7), (3, NULL, NULL, NULL), (4, 9, 'x:y', NULL),
    (5, NULL, 'abcdef', 8);
ALTER TABLE public."Odd %s : table" ADD CONSTRAINT later CHECK (c > 7) NOT VALID;
"""
T = 'public."Odd %s : table"'
CASES = [
    ("column-required", f"ALTER TABLE {T} ADD d int NOT NULL", 5, {"id": 1}),
    ("not-null-violated", f'ALTER TABLE {T} ALTER "user" SET NOT NULL', 2, {"id": 3}),
    ("value-too-long", f"ALTER TABLE {T} ALTER b TYPE varchar(5)", 2, {"id": 2}),
    ("check-violated", f"ALTER TABLE {T} ADD CONSTRAINT k CHECK (b <> 'x:y')", 1, {"id": 4}),
    ("check-violated", f'ALTER TABLE {T} ADD CONSTRAINT k CHECK ("user" < c)', 0, None),
    ("check-violated", f"ALTER TABLE {T} VALIDATE CONSTRAINT later", 2, {"id": 1}),
    (
        "check-violated",
        f"ALTER TABLE {T} DROP CONSTRAINT was, ADD CONSTRAINT was CHECK (c <> 8)",
        1,
        {"id": 5},
    ),
    (
        "unique-violated",
        f'DROP INDEX "u %"; CREATE UNIQUE INDEX "u %" ON {T} (c)',
        1,
        {"c": 7, "rows": 2},
    ),
    ("unique-violated", f"ALTER TABLE {T} ADD CONSTRAINT k UNIQUE (c)", 1, {"c": 7, "rows": 2}),
    (
        "unique-violated",
        f'ALTER TABLE {T} ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT ("user", c)',
        0,
        None,
    ),
    (
        "unique-violated",
        f'ALTER TABLE {T} ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT ("user")',
        1,
        {"user": None, "rows": 2},
    ),
    (
        "unique-violated",
        f"CREATE UNIQUE INDEX k ON {T} (b DESC) INCLUDE (c) WHERE id > 1",
        1,
        {"b": "abcdef", "rows": 2},
    ),
    ("unique-violated", f"CREATE UNIQUE INDEX k ON {T} (c) WHERE id > 1", 0, None),
    ("check-violated", f"ALTER TABLE {T} ADD d int CHECK (d > 1)", 0, None),
    (
        "check-violated",
        f"ALTER TABLE {T} ADD d int DEFAULT 1 CHECK (d > 1 OR b = 'abc')",
        3,
        {"id": 2},
    ),
    ("check-violated", f"ALTER TABLE {T} ADD d serial CHECK (d > 1)", 0, None),
    (
        "check-violated",
        f"ALTER TABLE {T} ADD d int GENERATED ALWAYS AS (c * 2) STORED CHECK (d > 15)",
        2,
        {"id": 1},
    ),
    ("unique-violated", f"ALTER TABLE {T} ADD d int UNIQUE", 0, None),
    ("unique-violated", f"ALTER TABLE {T} ADD d text DEFAULT 'x' UNIQUE", 1, {"d": "x", "rows": 5}),
    (
        "foreign-key-violated",
        f"ALTER TABLE {T} ADD d int DEFAULT 3 REFERENCES public.other",
        5,
        {"d": 3},
    ),
    (
        "foreign-key-violated",
        f'ALTER TABLE {T} ADD CONSTRAINT k FOREIGN KEY ("user") REFERENCES public.other (id)',
        1,
        {"user": 9},
    ),
]
ASK_NOTHING = [
    f"ALTER TABLE {T} ADD d int NOT NULL DEFAULT 1",
    f"ALTER TABLE {T} ADD d int GENERATED ALWAYS AS IDENTITY",
    f"ALTER TABLE {T} ADD d int",
    f"ALTER TABLE {T} ALTER b TYPE varchar(20)",
    f"ALTER TABLE {T} ALTER b SET DEFAULT 'x'",
    f"ALTER TABLE {T} ADD CONSTRAINT k CHECK (c > 100) NOT VALID",
    f"CREATE INDEX k ON {T} (b)",
    f"ALTER TABLE {T} DROP CONSTRAINT was, ADD CONSTRAINT was CHECK (c > 0)",
    f"ALTER TABLE {T} DROP CONSTRAINT was, ADD CONSTRAINT was CHECK (c <> 8) NOT VALID",
    "CREATE TABLE public.new (id int PRIMARY KEY, a int NOT NULL UNIQUE)",
]


@pytest.fixture
def connection(any_database: Database) -> Iterator[Connection]:
    with unpooled_engine(any_database) as engine, engine.connect() as connected:
        connected.exec_driver_sql(ROWS.replace("%", "%%"))
        connected.commit()
        yield connected


def snapshot(connection: Connection) -> Snapshot:
    with inside_transaction(connection):
        return read_snapshot(connection, Scope(managed=("public",), shared=()))


def checks(connection: Connection, change: str) -> list[row_checks.RowCheck]:
    """Return the conditions that a change requires of the rows, found in an empty database."""
    before = snapshot(connection)
    with inside_transaction(connection):
        connection.execute(text("DELETE FROM public.other"))
        connection.exec_driver_sql(f"DELETE FROM {T}; {change}".replace("%", "%%"))
        after = snapshot(connection)
    return list(row_checks.checks_between([before], after))


@pytest.mark.slow
def test_rows_in_the_way_are_counted_with_an_example(connection: Connection) -> None:
    found = []
    for rule, change, _, _ in CASES:
        (check,) = checks(connection, change)
        counted = row_counts.count(connection, check, {T: Size(5, 0, 0)})
        assert counted.problem is None
        found.append((rule, change, counted.count, next(iter(counted.examples), None)))
        assert check.rule == rule
    assert found == CASES


@pytest.mark.slow
def test_what_asks_nothing_of_the_rows_is_not_counted(connection: Connection) -> None:
    assert [change for change in ASK_NOTHING if checks(connection, change)] == []


def test_what_cannot_be_counted_says_why(connection: Connection) -> None:
    (check,) = checks(connection, f"ALTER TABLE {T} ALTER c SET NOT NULL")
    with inside_transaction(connection):
        connection.exec_driver_sql(f"ALTER TABLE {T} DROP COLUMN c".replace("%", "%%"))
        counted = row_counts.count(connection, check, {T: Size(5, 0, 0)})
    assert (counted.count, counted.problem) == (None, 'column "c" does not exist')


def test_a_table_that_is_not_there_yet_has_no_rows_in_the_way(connection: Connection) -> None:
    (check,) = checks(connection, f"ALTER TABLE {T} ALTER c SET NOT NULL")
    counted = row_counts.count(connection, check, there={})
    assert (counted.count, counted.problem) == (0, None)


@pytest.mark.slow
def test_the_rules_that_count_are_those_that_are_documented() -> None:
    counted = {case[0] for case in CASES}
    of_the_catalogs = {"not-counted", "long-lock", "unqualified-names", "table-of-stranger"}
    assert counted == set(DATABASE_RULES) - of_the_catalogs
