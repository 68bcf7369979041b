"""The table of locks against pg_locks, for statements that are really executed."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- as the class it is

from migrations.safety.kinds import STRENGTH, Work
from migrations.safety.locks import of_statement
from tests.servers import Database

TABLES = """
CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(10), c int);
CREATE TABLE "T 2" (id int PRIMARY KEY);
CREATE INDEX i ON t (a);
CREATE UNIQUE INDEX u ON t (c);
ALTER TABLE t ADD CONSTRAINT later CHECK (a > 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT "odd, (one" CHECK (a > 0) NOT VALID;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER old BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE whole (id int, a int) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF whole FOR VALUES IN (1);
CREATE TABLE loose (id int, a int);
CREATE TABLE linked (id int PRIMARY KEY);
CREATE VIEW v AS SELECT id FROM linked;
CREATE MATERIALIZED VIEW m AS SELECT id FROM linked;
CREATE UNIQUE INDEX um ON m (id);
CREATE POLICY p ON t;
CREATE RULE r AS ON DELETE TO loose DO INSTEAD NOTHING;
CREATE SEQUENCE s0;
"""
STATEMENTS = [
    "ALTER TABLE t ADD COLUMN d int",
    "ALTER TABLE t ADD COLUMN d int DEFAULT 1 NOT NULL",
    "ALTER TABLE t ADD COLUMN d float DEFAULT random()",
    "ALTER TABLE t ADD COLUMN d serial",
    "ALTER TABLE t ADD COLUMN d int GENERATED ALWAYS AS (a + 1) STORED",
    "ALTER TABLE t DROP COLUMN a",
    "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
    "ALTER TABLE t ALTER COLUMN a DROP NOT NULL",
    "ALTER TABLE t ALTER COLUMN a SET DEFAULT 1",
    "ALTER TABLE t ALTER COLUMN a TYPE bigint",
    "ALTER TABLE t ALTER COLUMN b TYPE text",
    "ALTER TABLE t ALTER COLUMN a SET STATISTICS 500",
    "ALTER TABLE t SET (fillfactor = 70)",
    "ALTER TABLE t CLUSTER ON i",
    "ALTER TABLE t RENAME COLUMN a TO z",
    "ALTER TABLE t RENAME TO z",
    "ALTER TABLE t DISABLE TRIGGER old",
    "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)",
    "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID",
    "ALTER TABLE t VALIDATE CONSTRAINT later",
    "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)",
    "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX u",
    "ALTER TABLE t ADD CONSTRAINT k EXCLUDE USING btree (a WITH =)",
    'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES "T 2" (id)',
    'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES "T 2" (id) NOT VALID',
    "ALTER TABLE t DROP CONSTRAINT later",
    "ALTER TABLE IF EXISTS ONLY public.t SET UNLOGGED",
    'CREATE TABLE new (id int REFERENCES t, other int REFERENCES "T 2")',
    "CREATE TABLE new (id int)",
    "CREATE INDEX ON t (b)",
    "CREATE UNIQUE INDEX n ON public.t (b)",
    "DROP INDEX i",
    "ALTER INDEX i RENAME TO j",
    "REINDEX TABLE t",
    "DROP TABLE t",
    "TRUNCATE TABLE t",
    "COMMENT ON TABLE t IS 'x'",
    "COMMENT ON COLUMN public.t.a IS 'x'",
    "CREATE TRIGGER new BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "DROP TRIGGER old ON t",
    "CREATE STATISTICS s ON a, c FROM t",
    "ANALYZE t",
    "INSERT INTO t (id) VALUES (1)",
    "UPDATE t SET a = 1",
    "DELETE FROM ONLY t",
    "-- a comment\nALTER TABLE\n  t\n  DROP COLUMN a",
    "ALTER TABLE t ALTER COLUMN a SET STATISTICS 500, ALTER COLUMN c TYPE bigint",
    "ALTER TABLE t ALTER COLUMN a SET STATISTICS 500, VALIDATE CONSTRAINT later",
    """ALTER TABLE t ALTER a SET STATISTICS 9, ADD d text DEFAULT ',(', ADD CHECK (a IN (1, 2))""",
    'ALTER TABLE t ADD COLUMN d int REFERENCES "T 2", ADD COLUMN e int REFERENCES linked (id)',
    "ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = false)",
    'ALTER TABLE t VALIDATE CONSTRAINT "odd, (one"',
    "ALTER TABLE whole ATTACH PARTITION loose FOR VALUES IN (2)",
    "ALTER TABLE whole DETACH PARTITION part",
    "CREATE TABLE new PARTITION OF whole FOR VALUES IN (3)",
    "CREATE TABLE new () INHERITS (t)",
    "CREATE TABLE new (LIKE t)",
    "CREATE UNLOGGED TABLE new (id int REFERENCES t)",
    "CREATE VIEW new AS SELECT a FROM t",
    "CREATE VIEW new AS SELECT id FROM linked",
    "DROP VIEW v",
    "ALTER VIEW v RENAME TO w",
    "DROP MATERIALIZED VIEW m",
    "REFRESH MATERIALIZED VIEW m",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
    "CREATE POLICY new ON t",
    "ALTER POLICY p ON t USING (true)",
    "DROP POLICY p ON t",
    "CREATE RULE new AS ON UPDATE TO loose DO INSTEAD NOTHING",
    "DROP RULE r ON loose",
    "COMMENT ON CONSTRAINT later ON t IS 'x'",
    "COMMENT ON TRIGGER old ON t IS 'x'",
    "COMMENT ON INDEX i IS 'x'",
    "COMMENT ON VIEW v IS 'x'",
    "COMMENT ON SCHEMA public IS 'x'",
    "REINDEX INDEX i",
    "CLUSTER t USING i",
    "LOCK TABLE t",
    "LOCK t IN SHARE ROW EXCLUSIVE MODE",
    "MERGE INTO t USING (VALUES (1)) AS n (id) ON t.id = n.id WHEN MATCHED THEN DELETE",
    "CREATE SCHEMA other",
    "CREATE TYPE mood AS ENUM ('a')",
    "CREATE SEQUENCE new",
    "ALTER SEQUENCE s0 INCREMENT 2",
    "DROP SEQUENCE s0",
    "CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "GRANT SELECT ON t TO PUBLIC",
    "REVOKE ALL ON t FROM PUBLIC",
]
# Of the relations that were there before the statement, by oid: a rename changes their names.
HELD = """
SELECT names.name, l.mode
FROM unnest(%s::text[], %s::oid[]) AS names (name, oid)
JOIN pg_locks AS l ON l.relation = names.oid
WHERE l.granted AND l.pid = %s
"""
NAMES = ["t", "public.t", '"T 2"', "i", "linked", "whole", "part", "loose", "v", "m"]


def oids(cursor: Cursor) -> list[int]:
    cursor.execute("SELECT to_regclass(n)::oid FROM unnest(%s::text[]) AS n", [NAMES])
    return [oid for (oid,) in cursor.fetchall()]


def strongest(cursor: Cursor, known: list[int], pid: int) -> dict[str, str]:
    """The strongest mode by relation, as the manual names modes."""
    cursor.execute(HELD, [NAMES, known, pid])
    found: dict[str, str] = {}
    for name, mode in cursor.fetchall():
        words = [word for word in STRENGTH if word.replace(" ", "") == mode[:-4].upper()]
        found[name] = max([*words, found.get(name, words[0])], key=STRENGTH.index)
    return found


def test_every_statement_takes_the_locks_that_the_table_says(any_database: Database) -> None:
    wrong = {}
    with closing(any_database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        connection.commit()
        known = oids(cursor)
        for statement in STATEMENTS:
            cursor.execute(statement)
            held = strongest(cursor, known, connection.info.backend_pid)
            said = {lock.table: lock.mode for lock in of_statement(statement)}
            if any(held.get(table) != mode for table, mode in said.items()) or (
                not said and {mode for mode in held.values() if mode != STRENGTH[0]}
            ):
                wrong[statement] = (said, held)
            connection.rollback()
    assert wrong == {}


@pytest.mark.parametrize(
    "statement",
    ["CREATE INDEX CONCURRENTLY n ON t (b)", "DROP INDEX CONCURRENTLY i"],
)
def test_a_concurrent_statement_takes_what_the_table_says(
    any_database: Database, statement: str
) -> None:
    with (
        closing(any_database.connect()) as builder,
        closing(any_database.connect()) as writer,
        writer.cursor() as cursor,
    ):
        cursor.execute(TABLES)
        writer.commit()
        known = oids(cursor)
        cursor.execute("INSERT INTO t (id) VALUES (1)")
        builder.autocommit = True
        pid = builder.info.backend_pid
        waiting = threading.Thread(target=lambda: builder.cursor().execute(statement))
        waiting.start()  # and waits for the writer
        deadline = time.monotonic() + 30
        while (held := strongest(cursor, known, pid)).get("t") is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        ((lock),) = of_statement(statement)
        assert held[lock.table] == lock.mode
        writer.rollback()
        waiting.join(30)


@pytest.mark.parametrize(
    "statement",
    [
        "DO $$ BEGIN DROP TABLE t; END $$",
        "SELECT rebuild()",
        "CALL rebuild()",
        "WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO old SELECT * FROM gone",
        "DROP SCHEMA q CASCADE",
        "DROP TYPE mood CASCADE",
        "ALTER DOMAIN d ADD CHECK (value > 0)",
        "DROP STATISTICS st",
        "SOMETHING of a later PostgreSQL",
    ],
)
def test_what_is_decided_when_it_runs_is_said_to_be_unknown(statement: str) -> None:
    (lock,) = of_statement(statement)
    assert (lock.mode, lock.work) == ("", Work.UNKNOWN)
