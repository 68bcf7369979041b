"""A snapshot with canonical texts equals the schema before and after dump and restore."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemaproof.catalog.canonical_text import read_canonical_snapshot
from schemaproof.compare import compare
from schemaproof.schema.database_objects import Column, Snapshot
from schemaproof.schema.values import SqlText
from schemaproof_testing.catalog_reading import (
    SCOPE,
    connected,
    constraints,
    indexes,
    live_snapshot,
)
from schemaproof_testing.project import PROJECT, Alembic
from schemaproof_testing.servers import Database, create_database
from schemaproof_testing.snapshots import Address, T, addresses, at

SCHEMA = r"""
CREATE SCHEMA q;
COMMENT ON SCHEMA q IS 'ours';
CREATE TABLE q.parent (kind varchar(10) PRIMARY KEY);
CREATE TABLE q.t (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind varchar(10) DEFAULT 'a' REFERENCES q.parent,
    other char(1),
    n numeric(10,2),
    at timestamptz DEFAULT now(),
    flag boolean DEFAULT ('b'::varchar IN ('a', 'b')),
    area box,
    "Odd ""Name" varchar,
    lower_kind text GENERATED ALWAYS AS (lower(kind)) STORED,
    CONSTRAINT ck_in CHECK (kind IN ('a', 'b')),
    CONSTRAINT ck_not_in CHECK (kind NOT IN ('c', 'd')),
    CONSTRAINT ck_all CHECK (kind <> ALL (ARRAY['e'::varchar, 'f'])),
    CONSTRAINT ck_one CHECK (kind = 'a' OR n BETWEEN 0 AND 1),
    CONSTRAINT ck_char CHECK (other IN ('x', 'y')),
    CONSTRAINT ck_odd CHECK ("Odd ""Name" IN ('100%', 'it''s')),
    CONSTRAINT no_touch EXCLUDE USING gist (area WITH &&) WHERE (kind IN ('a', 'b'))
);
ALTER TABLE q.t ADD CONSTRAINT ck_later CHECK (kind IN ('g', 'h')) NOT VALID;
COMMENT ON CONSTRAINT ck_in ON q.t IS 'known kinds';
CREATE INDEX ix_in ON q.t (n) WHERE kind IN ('a', 'b');
CREATE INDEX ix_expression ON q.t ((kind IN ('a', 'b')));
COMMENT ON INDEX q.ix_in IS 'searched';
CREATE TABLE q.log (day date NOT NULL, kind varchar(9) CHECK (kind IN ('a', 'b')))
    PARTITION BY RANGE (day);
CREATE TABLE q.log_2024 PARTITION OF q.log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX ix_log ON q.log (day) WHERE kind = 'a';
CREATE TABLE q.elder (kind varchar CONSTRAINT ck_elder CHECK (kind IN ('a', 'b')));
CREATE TABLE q.heir () INHERITS (q.elder);
CREATE TABLE q.twin (CONSTRAINT ck_elder CHECK (kind IN ('a', 'b'))) INHERITS (q.elder);
CREATE INDEX ix_log_in ON q.log (day) WHERE kind IN ('a', 'b')
"""


@pytest.fixture
def filled(any_database: Database) -> Database:
    any_database.execute_each(SCHEMA)
    return any_database


@pytest.fixture
def settled(filled: Database) -> Snapshot:
    with connected(filled) as connection, connection.begin():
        return read_canonical_snapshot(connection, SCOPE)


@pytest.fixture
def restored(filled: Database) -> Iterator[Database]:
    """Dump the database by pg_dump, and restore it by psql into another."""
    with create_database(filled.server) as copy:
        binaries = filled.server.binaries
        script = _run(binaries.pg_dump, filled, "--schema-only", "--no-owner")
        _run(binaries.psql, copy, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", script=script)
        yield copy


def _run(program: Path, database: Database, *options: str, script: str = "") -> str:
    done = subprocess.run(
        [program, *options, f"--dbname={database.name}"],
        env={
            "PGHOST": database.host,
            "PGPORT": str(database.port),
            "PGUSER": database.user,
            "PGPASSWORD": database.password,
        },
        input=script,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


@pytest.mark.parametrize("name", ["ck_in", "ck_not_in", "ck_all", "ck_odd", "ck_later", "no_touch"])
def test_list_of_varchars_has_two_prints(settled: Snapshot, name: str) -> None:
    assert len(constraints(settled)[name].definition.prints) == 2


@pytest.mark.parametrize("name", ["ck_one", "ck_char", "t_pkey", "t_kind_fkey"])
def test_everything_else_has_one_print(settled: Snapshot, name: str) -> None:
    assert len(constraints(settled)[name].definition.prints) == 1


def test_indexes_are_settled(settled: Snapshot) -> None:
    found = indexes(settled)
    assert (
        len(found["ix_in"].definition.prints) == len(found["ix_expression"].definition.prints) == 2
    )


def test_first_print_is_the_one_of_the_live_database(filled: Database, settled: Snapshot) -> None:
    live = live_snapshot(filled)
    for address in addresses(live):
        for attribute in ("definition", "default", "generated"):
            now = getattr(at(live, address), attribute, None)
            if isinstance(now, SqlText):
                assert getattr(at(settled, address), attribute).prints[0] == str(now)


def test_what_was_read_is_as_it_was(filled: Database) -> None:
    before = live_snapshot(filled)
    with connected(filled) as connection, connection.begin():
        read_canonical_snapshot(connection, SCOPE)
    assert live_snapshot(filled) == before


def test_database_that_was_settled_is_in_sync_with_it(filled: Database, settled: Snapshot) -> None:
    assert compare(settled, live_snapshot(filled)).differences == ()


def test_restored_database_prints_otherwise(filled: Database, restored: Database) -> None:
    codes = {
        found.code for found in compare(live_snapshot(filled), live_snapshot(restored)).differences
    }
    assert codes >= {"check-changed", "index-changed", "exclusion-changed"}


def test_restored_database_is_in_sync(settled: Snapshot, restored: Database) -> None:
    assert compare(settled, live_snapshot(restored)).differences == ()


def test_parsing_a_third_time_adds_no_print(settled: Snapshot, restored: Database) -> None:
    with connected(restored) as connection, connection.begin():
        again = read_canonical_snapshot(connection, SCOPE)
    for address in addresses(again):
        if isinstance(definition := getattr(at(again, address), "definition", None), SqlText):
            assert set(definition.prints) <= set(at(settled, address).definition.prints)


@pytest.mark.slow
def test_own_schema_is_in_sync_after_dump_and_restore(any_database: Database) -> None:
    scope = PROJECT.scratch_scope()
    recorded: list[Snapshot] = []
    Alembic(any_database).upgrade()
    with connected(any_database) as connection, connection.begin():
        recorded.append(read_canonical_snapshot(connection, scope))
    with create_database(any_database.server) as copy:
        binaries = any_database.server.binaries
        script = _run(binaries.pg_dump, any_database, "--schema-only", "--no-owner")
        _run(binaries.psql, copy, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", script=script)
        found = live_snapshot(copy, scope)
    result = compare(recorded[0], found)
    assert (result.differences, result.objects > 250) == ((), True)


@pytest.mark.parametrize(
    ("schema", "address"),
    [
        (
            "CREATE TABLE q.t (k varchar, g boolean GENERATED ALWAYS AS (k IN ('a', 'b')) STORED)",
            (*T, ("columns", "g")),
        ),
        (
            (
                "CREATE TABLE q.t (k varchar) PARTITION BY LIST (k);"
                "CREATE INDEX ix ON q.t (k) WHERE k IN ('a', 'b')"
            ),
            (*T, ("indexes", "ix")),
        ),
    ],
    ids=["generated column", "index of a partitioned table"],
)
def test_other_lists_are_settled(any_database: Database, schema: str, address: Address) -> None:
    any_database.execute_each("CREATE SCHEMA q", schema)
    with connected(any_database) as connection, connection.begin():
        settled = at(read_canonical_snapshot(connection, SCOPE), address)
    found = settled.generated if isinstance(settled, Column) else settled.definition
    assert isinstance(found, SqlText)
    assert len(found.prints) == 2


CHANGES = [
    'CREATE TABLE q.u (id serial PRIMARY KEY, t_id int REFERENCES q.t, "a(b)" text UNIQUE)',
    "CREATE INDEX ix_plain ON q.u (t_id, id); ALTER TABLE q.u ADD at timestamptz DEFAULT now()",
    "CREATE TYPE q.mood AS ENUM ('sad', 'ok'); ALTER TABLE q.u ADD mood q.mood DEFAULT 'ok'",
    "ALTER TABLE q.t ADD CONSTRAINT ck_new CHECK (kind IN ('i', 'j'))",
    "ALTER TABLE q.t ADD n2 bigint DEFAULT 0, ADD flag2 boolean DEFAULT true",
    "ALTER TABLE q.t RENAME kind TO sort",
    "ALTER TABLE q.t DROP CONSTRAINT ck_in; ALTER TABLE q.t ADD CONSTRAINT ck_in CHECK (n > 0)",
    "ALTER TABLE q.u DROP CONSTRAINT u_t_id_fkey, ADD CONSTRAINT u_t_id_fkey CHECK (id > 0)",
    "CREATE VIEW q.v AS SELECT id FROM q.t WHERE sort IN ('a', 'b')",
    'DROP INDEX q.ix_plain; CREATE INDEX ix_plain ON q.u (lower("a(b)")) WHERE t_id = 1',
    "ALTER TABLE q.t ALTER other TYPE varchar(5)",
]


def test_what_is_known_from_before_is_as_if_it_was_read_anew(filled: Database) -> None:
    """Texts that are unchanged in the database are not parsed again."""
    before: Snapshot | None = None
    for change in CHANGES:
        filled.execute_each(change)
        with connected(filled) as connection, connection.begin():
            anew = read_canonical_snapshot(connection, SCOPE)
            before = read_canonical_snapshot(connection, SCOPE, before)
        assert before == anew, change
