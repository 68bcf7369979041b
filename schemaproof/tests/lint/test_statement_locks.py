"""The table of locks against pg_locks, for statements that are really executed."""

import threading
import time
from contextlib import closing

import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- as the class it is

from schemaproof.lint.lock_modes import STRENGTH, Work
from schemaproof.lint.locks import statement_locks
from schemaproof_testing.servers import Database

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
CREATE TYPE feeling AS ENUM ('a');
CREATE SCHEMA other_schema;
CREATE PUBLICATION pub;
CREATE STATISTICS st ON a, c FROM t;
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
    # What only a parser tells apart.
    "ALTER TABLE t ADD COLUMN x text DEFAULT 'a -- b', ADD UNIQUE (x)",
    "ALTER TABLE t ADD COLUMN x text DEFAULT '/* b', ADD FOREIGN KEY (a) REFERENCES linked",
    'ALTER TABLE/* nested /* comment */ */t -- ;\n ADD "x, ADD UNIQUE (y" int',
    'ALTER TABLE t ADD x text DEFAULT $q$ REFERENCES "T 2" $q$',
    "ALTER TABLE t ADD x text DEFAULT E'\\', ADD UNIQUE (a)'",
    'DROP TABLE t, "T 2"',
    'DROP TABLE IF EXISTS public.t, nowhere, "T 2"',
    'TRUNCATE t, ONLY "T 2" RESTART IDENTITY',
    "DROP VIEW v; DROP TABLE linked CASCADE",
    "ALTER TABLE t ALTER a SET STATISTICS 5; LOCK TABLE t IN SHARE MODE; SELECT 1;",
    'CREATE INDEX ON t (a) ; DROP TABLE "T 2" ; -- the end',
    "WITH gone AS (DELETE FROM t RETURNING id) INSERT INTO linked SELECT id FROM gone",
    'WITH a AS (SELECT 1), b AS (UPDATE loose SET a = 1 RETURNING id) SELECT * FROM b, "T 2"',
    'SELECT * FROM t, "T 2" AS o FOR UPDATE OF t',
    'SELECT * FROM t, "T 2" AS o FOR SHARE OF o',
    "SELECT id FROM t",
    "CREATE TABLE new AS SELECT id FROM t",
    "ALTER TABLE ONLY t ADD COLUMN x int",
    "ALTER TABLE IF EXISTS nowhere ADD COLUMN x int",
    "ALTER TABLE t SET SCHEMA other_schema",
    "ALTER TABLE t SET (user_catalog_table = false)",
    "ALTER TABLE t RESET (fillfactor)",
    "ALTER TABLE t SET (toast.autovacuum_enabled = false)",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t REPLICA IDENTITY FULL",
    "ALTER TABLE loose DISABLE RULE r",
    "ALTER TABLE t ENABLE ALWAYS TRIGGER old",
    "ALTER TABLE t RENAME CONSTRAINT later TO earlier",
    'ALTER TABLE linked INHERIT "T 2"',
    "ALTER TABLE t OWNER TO CURRENT_USER",
    "ALTER TRIGGER old ON t RENAME TO older",
    "ALTER POLICY p ON t RENAME TO q",
    "ALTER RULE r ON loose RENAME TO q",
    "ALTER INDEX i SET (fillfactor = 70)",
    "ALTER INDEX i RENAME TO t_by_a",
    "ALTER VIEW v ALTER COLUMN id SET DEFAULT 1",
    "ALTER VIEW v SET (security_barrier = true)",
    "CREATE OR REPLACE VIEW v AS SELECT id FROM linked",
    "ALTER MATERIALIZED VIEW m RENAME TO n",
    "ALTER SEQUENCE s0 OWNED BY t.id",
    "ALTER SEQUENCE s0 RENAME TO s1",
    "ALTER TYPE feeling ADD VALUE 'b'",
    "ALTER TYPE feeling RENAME VALUE 'a' TO 'c'",
    "ALTER TYPE feeling RENAME TO felt",
    "ALTER TYPE feeling SET SCHEMA other_schema",
    "CREATE SCHEMA elsewhere CREATE TABLE new (id int REFERENCES public.linked)",
    "CREATE PUBLICATION more FOR TABLE t, linked",
    "ALTER PUBLICATION pub ADD TABLE t",
    'COMMENT ON COLUMN "T 2".id IS NULL',
    "COMMENT ON MATERIALIZED VIEW m IS 'x'",
    "COMMENT ON SEQUENCE s0 IS 'x'",
    "COMMENT ON TYPE feeling IS 'x'",
    "SET LOCAL lock_timeout = '1s'",
    "CREATE TABLE new (id int) PARTITION BY LIST (id)",
    "CREATE TABLE new (LIKE t INCLUDING ALL)",
    "REINDEX (VERBOSE) TABLE t",
    "CREATE EXTENSION IF NOT EXISTS plpgsql",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
    # What nests deeply.
    f"ALTER TABLE t ADD CHECK (b <> {' || '.join(['b'] * 200)})",
    f"UPDATE t SET a = a WHERE {' AND '.join(['a = 1'] * 500)}",
    f"UPDATE t SET a = {' + '.join(['0'] * 300)}",
    f"UPDATE t SET a = 1 WHERE a IN ({', '.join(['1'] * 500)})",
    f"UPDATE t SET a = {'CASE WHEN a = 1 THEN 2 ELSE ' * 100} 3 {'END ' * 100}",
    f"DELETE FROM t WHERE {'NOT (' * 100} true {')' * 100}",
    f"DELETE FROM t WHERE a = 1 {'OR a = 2 AND (b IS NULL ' * 100} {')' * 100}",
    f"INSERT INTO t (id) {' UNION ALL '.join(f'SELECT {one}' for one in range(200))}",
]
# Of the relations that were there before the statement, by oid: a rename changes their names.
HELD = """
SELECT names.name, l.mode
FROM unnest(%s::text[], %s::oid[]) AS names (name, oid)
JOIN pg_locks AS l ON l.relation = names.oid
WHERE l.granted AND l.pid = %s
"""
# An index stands for its table in a statement that names only the index.
BY_INDEX = {"DROP INDEX i": {"t"}, "REINDEX INDEX i": {"t"}}
TABLES_NAMED = {"t", '"T 2"', "linked", "whole", "part", "loose", "v", "m"}
NAMES = [
    "t",
    "public.t",
    "public.linked",
    '"T 2"',
    "i",
    "linked",
    "whole",
    "part",
    "loose",
    "v",
    "m",
]


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
            predicted = {lock.table: lock.mode for lock in statement_locks(statement)}
            there = {
                table: mode for table, mode in predicted.items() if table not in {"", "nowhere"}
            }
            more = {t for t, mode in held.items() if mode != STRENGTH[0]} & TABLES_NAMED
            more -= BY_INDEX.get(statement, set())
            unpredicted = {t for t in more if t not in predicted and f"public.{t}" not in predicted}
            if any(held.get(table) != mode for table, mode in there.items()) or (
                "" not in predicted and unpredicted
            ):
                wrong[statement] = (predicted, held)
            connection.rollback()
    assert wrong == {}, wrong


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("CREATE INDEX CONCURRENTLY n ON t (b)", "t"),
        ("DROP INDEX CONCURRENTLY i", "t"),
        ("REINDEX TABLE CONCURRENTLY t", "t"),
        ("REINDEX (CONCURRENTLY) INDEX i", "t"),
        ("VACUUM t", "t"),
        ("VACUUM (FULL false, ANALYZE) public.t", "t"),
        ("VACUUM (FULL) t", "t"),
        ("VACUUM FULL ANALYZE t, linked", "t"),
        ("ALTER TABLE whole DETACH PARTITION part CONCURRENTLY", "whole"),
    ],
)
def test_what_runs_in_no_transaction_waits_for_the_lock_that_the_table_says(
    any_database: Database, statement: str, table: str
) -> None:
    with (
        closing(any_database.connect()) as other,
        closing(any_database.connect()) as holder,
        holder.cursor() as cursor,
    ):
        cursor.execute(TABLES)
        holder.commit()
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        other.autocommit = True
        pid = other.info.backend_pid
        waiting = threading.Thread(target=lambda: other.cursor().execute(statement))
        waiting.start()
        deadline = time.monotonic() + 30
        while (mode := awaited(cursor, pid)) is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        lock, *_ = statement_locks(statement)
        assert mode == lock.mode
        holder.rollback()
        waiting.join(30)


def awaited(cursor: Cursor, pid: int) -> str | None:
    """The mode that a session waits for, as the manual names it."""
    cursor.execute("SELECT mode FROM pg_locks WHERE NOT granted AND pid = %s", [pid])
    row = cursor.fetchone()
    names = {word.replace(" ", ""): word for word in STRENGTH}
    return names[row[0][:-4].upper()] if row else None


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement",
    [
        "DO $$ BEGIN DROP TABLE t; END $$",
        "SELECT rebuild()",
        "CALL rebuild()",
        "DROP SCHEMA q CASCADE",
        "DROP TYPE mood CASCADE",
        "ALTER DOMAIN d ADD CHECK (value > 0)",
        "DROP STATISTICS st",
        "DROP FUNCTION f() CASCADE",
        "VACUUM",
        "ANALYZE",
        "CLUSTER",
        "REINDEX SCHEMA public",
        "EXECUTE prepared",
        "REASSIGN OWNED BY a TO b",
        "ALTER TYPE composite ADD ATTRIBUTE a int CASCADE",
        "EXPLAIN ANALYZE DELETE FROM t",
        "SELECT pg_catalog.pg_sleep(1)",
        "SELECT other.now()",
        "ALTER TABLE t ADD COLUMN c int; SELECT 'not closed",
        "UPDATE t SET a = :name",
        "UPDATE t SET a = %(name)s",
        "\\copy t FROM 'file'",
        "CHECK (a > 0)",
        "SELECT 1\0; DROP TABLE t",
        "SELECT '\ud800'",
        f"SELECT {' || '.join(['1'] * 5_000)}",
        "SOMETHING of a later PostgreSQL",
    ],
)
def test_what_is_decided_when_it_runs_is_said_to_be_unknown(statement: str) -> None:
    (lock,) = statement_locks(statement)
    assert (lock.mode, lock.work) == ("", Work.UNKNOWN)
