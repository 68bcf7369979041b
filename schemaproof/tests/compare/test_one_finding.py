"""One change is one finding: names, types of keys, keys and indexes of partitions."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection

from bench.drift.copies import new_database
from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.compare import compare
from schemaproof.findings.codes import CODES, Severity
from schemaproof.findings.findings import drift
from schemaproof.repair.plan import repair
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.catalog_reading import connected

SCOPE = Scope(managed=("q",), shared=())
SCHEMA = """
CREATE SCHEMA q;
CREATE TYPE q.mood AS ENUM ('a', 'b');
CREATE FUNCTION q.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE q.t (
    id serial CONSTRAINT pk PRIMARY KEY,
    counted integer GENERATED ALWAYS AS IDENTITY,
    c integer CONSTRAINT ck CHECK (c > 0) CONSTRAINT uq UNIQUE,
    "odd name" q.mood,
    doubled integer GENERATED ALWAYS AS (c * 2) STORED,
    during int4range,
    CONSTRAINT ex EXCLUDE USING gist (during WITH &&)
);
CREATE INDEX ix ON q.t (c) WHERE c > 3;
CREATE UNIQUE INDEX ux ON q.t (c, id);
CREATE STATISTICS q.st ON c, id FROM q.t;
ALTER TABLE q.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY po ON q.t USING (c > 0) WITH CHECK (id > 0);
CREATE TRIGGER tr BEFORE UPDATE OF c ON q.t FOR EACH ROW WHEN (NEW.c > 0)
    EXECUTE FUNCTION q.audit();
CREATE RULE ru AS ON UPDATE TO q.t WHERE OLD.c = 5 DO INSTEAD NOTHING;
CREATE TABLE q.o (c integer CONSTRAINT fk REFERENCES q.t);
CREATE VIEW q.v AS SELECT t.c, t.id, o.c AS other FROM q.t JOIN q.o ON o.c = t.id;
CREATE VIEW q.w AS SELECT c, id FROM q.v;
CREATE MATERIALIZED VIEW q.m AS SELECT c, id FROM q.t;
CREATE FUNCTION q.f(x q.t) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION q.total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(c) FROM q.t; END;
CREATE SEQUENCE q.numbers;
CREATE TABLE q.parts (id integer, day integer, note text, PRIMARY KEY (id, day))
    PARTITION BY RANGE (day);
CREATE INDEX ix_day ON q.parts (day);
CREATE TABLE q.parts_1 PARTITION OF q.parts FOR VALUES FROM (0) TO (10);
CREATE TABLE q.refers (id integer, day integer, FOREIGN KEY (id, day) REFERENCES q.parts);
CREATE PUBLICATION q_news FOR TABLE q.t (id, c) WHERE (c > 1)
"""
# No query names these. The values are the findings.
NAMES = {
    "ALTER TABLE q.t RENAME CONSTRAINT pk TO zz": "primary-key-renamed q.t.pk",
    "ALTER TABLE q.t RENAME CONSTRAINT ck TO zz": "check-renamed q.t.ck",
    "ALTER TABLE q.t RENAME CONSTRAINT uq TO zz": "unique-renamed q.t.uq",
    "ALTER TABLE q.t RENAME CONSTRAINT ex TO zz": "exclusion-renamed q.t.ex",
    "ALTER TABLE q.o RENAME CONSTRAINT fk TO zz": "foreign-key-renamed q.o.fk",
    "ALTER INDEX q.ix RENAME TO zz": "index-renamed q.t.ix",
    'ALTER INDEX q.ux RENAME TO "Z z"': "unique-index-renamed q.t.ux",
    "ALTER INDEX q.parts_1_day_idx RENAME TO zz": "index-renamed q.parts_1.parts_1_day_idx",
    "ALTER TRIGGER tr ON q.t RENAME TO zz": "trigger-renamed q.t.tr",
    'ALTER POLICY po ON q.t RENAME TO "Z z"': "policy-renamed q.t.po",
    "ALTER RULE ru ON q.t RENAME TO zz": "rule-renamed q.t.ru",
    "ALTER STATISTICS q.st RENAME TO zz": "statistics-renamed q.t.q.st",
}
# Queries name these.
SEEN = {
    "ALTER TABLE q.t RENAME TO zz": "table-renamed q.t",
    'ALTER TABLE q.t RENAME TO "Z z"': "table-renamed q.t",
    "ALTER TABLE q.parts RENAME TO zz": "table-renamed q.parts",
    "ALTER TABLE q.t RENAME c TO zz": "column-renamed q.t.c",
    'ALTER TABLE q.t RENAME id TO "Z z"': "column-renamed q.t.id",
    "ALTER TABLE q.parts RENAME note TO zz": "column-renamed q.parts.note",
    "ALTER VIEW q.v RENAME TO zz": "view-renamed q.v",
    "ALTER VIEW q.v RENAME other TO zz": "column-renamed q.v.other",
    "ALTER MATERIALIZED VIEW q.m RENAME TO zz": "materialized-view-renamed q.m",
    "ALTER SEQUENCE q.numbers RENAME TO zz": "sequence-renamed q.numbers",
    "ALTER SEQUENCE q.t_id_seq RENAME TO zz": "sequence-renamed q.t_id_seq",
    "ALTER TYPE q.mood RENAME TO zz": "enum-renamed q.mood",
    "ALTER FUNCTION q.audit RENAME TO zz": "function-renamed q.audit()",
    "ALTER PUBLICATION q_news RENAME TO zz": "publication-renamed publication q_news",
}
ONCE = {
    "ALTER TABLE q.t ALTER counted TYPE bigint": "column-type q.t.counted",
    "ALTER TABLE q.parts ALTER note TYPE varchar": "column-type q.parts.note",
    "ALTER TABLE q.parts ADD extra integer": "column-unexpected q.parts.extra",
    "ALTER TABLE q.parts DROP note": "column-missing q.parts.note",
    "DROP INDEX q.ix_day": "index-missing q.parts.ix_day",
    "CREATE INDEX zz ON q.parts (note)": "index-unexpected q.parts.zz",
    "ALTER TABLE q.parts ADD CONSTRAINT zz CHECK (day < 99)": "check-unexpected q.parts.zz",
    "ALTER TABLE q.t ALTER c SET DEFAULT 3": "column-default q.t.c",
    # PostgreSQL creates a key, an index and references for the new partition.
    "CREATE TABLE q.parts_2 PARTITION OF q.parts FOR VALUES FROM (10) TO (20)": (
        "table-unexpected q.parts_2"
    ),
}


@pytest.fixture(scope="module")
def connection(any_server: LocalServer) -> Iterator[Connection]:
    with new_database(any_server) as database, connected(database) as connection:
        connection.exec_driver_sql(SCHEMA)
        connection.commit()
        yield connection


def read(connection: Connection) -> Snapshot:
    with inside_transaction(connection):
        return read_snapshot(connection, SCOPE)


def found(before: Snapshot, after: Snapshot) -> list[str]:
    return [f"{one.code} {one.path}" for one in compare(before, after).differences]


CASES = {**NAMES, **SEEN, **ONCE}


@pytest.mark.parametrize(("change", "finding"), CASES.items(), ids=CASES)
def test_one_change_is_one_finding(connection: Connection, change: str, finding: str) -> None:
    with closing(connection.begin()):
        before = read(connection)
        connection.exec_driver_sql(change)
        assert found(before, read(connection)) == [finding]


@pytest.mark.parametrize("change", [*NAMES, *SEEN])
def test_a_name_is_given_back_and_nothing_is_made_anew(connection: Connection, change: str) -> None:
    with closing(connection.begin()):
        before = read(connection)
        connection.exec_driver_sql(change)
        (step,) = repair(before, read(connection))
        connection.exec_driver_sql(step.sql)
        assert " RENAME " in step.sql
        assert found(before, read(connection)) == []


@pytest.mark.parametrize("finding", [*NAMES.values(), *SEEN.values()])
def test_a_name_that_no_query_says_is_cosmetic(finding: str) -> None:
    code = next(one for one in CODES if one == finding.partition(" ")[0])
    expected = Severity.COSMETIC if finding in NAMES.values() else Severity.BREAKING
    assert CODES[code].severity is expected


def test_what_has_another_name_may_differ_besides(connection: Connection) -> None:
    with closing(connection.begin()):
        before = read(connection)
        connection.exec_driver_sql(
            "ALTER TABLE q.t RENAME TO zz; COMMENT ON TABLE q.zz IS 'new'; DROP INDEX q.ix;"
            " ALTER TABLE q.zz RENAME CONSTRAINT pk TO zz_pk"
        )
        assert "table-comment q.t" not in found(before, before)
        assert {"table-missing q.t", "table-unexpected q.zz"} <= {*found(before, read(connection))}
    with closing(connection.begin()):
        connection.exec_driver_sql(
            "ALTER TABLE q.t RENAME TO zz; COMMENT ON TABLE q.zz IS 'new';"
            " ALTER TABLE q.zz ALTER c SET STATISTICS 7"
        )
        assert found(before, read(connection))[0] != "table-renamed q.t"


def test_a_default_that_nobody_expects_breaks_nothing(connection: Connection) -> None:
    with closing(connection.begin()):
        before = read(connection)
        connection.exec_driver_sql("ALTER TABLE q.t ALTER c SET DEFAULT 3")
        after = read(connection)
    (extra,) = drift(compare(before, after).differences, managed=["q"])
    (missing,) = drift(compare(after, before).differences, managed=["q"])
    assert (extra.severity, missing.severity) == (Severity.OPERATIONAL, Severity.BREAKING)
