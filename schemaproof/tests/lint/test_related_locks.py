"""Locks on tables that a statement does not name, compared with pg_locks."""

from contextlib import closing

from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.lint.columns import Columns
from schemaproof.lint.lock_modes import ACCESS_SHARE, ROW_SHARE, STRENGTH
from schemaproof.lint.locks import statement_locks
from schemaproof.schema.scope import Scope
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database

TABLES = """
CREATE TABLE parent (id int PRIMARY KEY, a int, CHECK (a > 0));
CREATE TABLE child (b int) INHERITS (parent);
CREATE TABLE "Grand, child" (c int) INHERITS (child);
CREATE TABLE target (id int PRIMARY KEY, code int UNIQUE);
CREATE TABLE source (
    id int PRIMARY KEY,
    target_id int CONSTRAINT fk REFERENCES target,
    code int CONSTRAINT by_code REFERENCES target (code),
    plain int
);
ALTER TABLE source ADD CONSTRAINT later FOREIGN KEY (plain) REFERENCES target NOT VALID;
CREATE TABLE whole (id int, a int, target_id int CONSTRAINT fk REFERENCES target)
    PARTITION BY LIST (id);
CREATE TABLE one PARTITION OF whole FOR VALUES IN (1);
CREATE TABLE rest PARTITION OF whole DEFAULT PARTITION BY LIST (a);
CREATE TABLE deep PARTITION OF rest DEFAULT;
CREATE TABLE loose (id int, a int, target_id int);
CREATE TABLE other_whole (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE low PARTITION OF other_whole FOR VALUES FROM (MINVALUE) TO (10);
CREATE TABLE into_whole (id int REFERENCES other_whole);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER old BEFORE INSERT ON whole FOR EACH ROW EXECUTE FUNCTION f();
"""
STATEMENTS = [
    "ALTER TABLE parent ADD COLUMN d int",
    "ALTER TABLE parent ALTER COLUMN a TYPE bigint",
    "ALTER TABLE parent ALTER COLUMN a SET NOT NULL",
    "ALTER TABLE parent ALTER COLUMN a SET DEFAULT 1",
    "ALTER TABLE ONLY parent ALTER COLUMN a SET DEFAULT 1",
    "ALTER TABLE parent ALTER COLUMN a SET STATISTICS 100",
    "ALTER TABLE parent ADD CHECK (id > 0)",
    "ALTER TABLE parent ADD CHECK (id > 0) NO INHERIT",
    "ALTER TABLE parent ADD UNIQUE (a)",
    "ALTER TABLE parent ADD FOREIGN KEY (a) REFERENCES target",
    "ALTER TABLE parent DROP COLUMN a",
    "ALTER TABLE parent DROP CONSTRAINT parent_a_check",
    "ALTER TABLE parent DISABLE TRIGGER USER",
    "ALTER TABLE parent SET (fillfactor = 70)",
    "ALTER TABLE parent RENAME COLUMN a TO z",
    "ALTER TABLE parent RENAME CONSTRAINT parent_a_check TO z",
    "ALTER TABLE parent RENAME TO z",
    "ALTER TABLE child ADD COLUMN d int",
    "TRUNCATE parent",
    "TRUNCATE ONLY parent",
    "LOCK TABLE parent",
    "LOCK TABLE ONLY parent",
    "UPDATE parent SET a = 1",
    "DELETE FROM ONLY parent",
    "CREATE INDEX ON parent (a)",
    "DROP TABLE parent CASCADE",
    'DROP TABLE "Grand, child"',
    "DROP TABLE source",
    "DROP TABLE source, whole",
    "DROP TABLE target CASCADE",
    "ALTER TABLE source DROP CONSTRAINT fk",
    "ALTER TABLE source DROP COLUMN target_id",
    "ALTER TABLE source DROP COLUMN plain",
    "ALTER TABLE source ALTER COLUMN target_id TYPE bigint",
    "ALTER TABLE source ALTER COLUMN id TYPE bigint",
    "ALTER TABLE source VALIDATE CONSTRAINT later",
    "ALTER TABLE source RENAME CONSTRAINT fk TO z",
    "ALTER TABLE target ALTER COLUMN code TYPE bigint",
    "ALTER TABLE target DROP COLUMN code CASCADE",
    "ALTER TABLE target DROP CONSTRAINT target_code_key CASCADE",
    "ALTER TABLE target ADD COLUMN d int",
    "TRUNCATE target CASCADE",
    "ALTER TABLE whole ADD COLUMN d int",
    "ALTER TABLE whole ALTER COLUMN a SET NOT NULL",
    "ALTER TABLE whole ADD UNIQUE (id, a)",
    "ALTER TABLE whole ADD CHECK (a > 0)",
    "ALTER TABLE whole ADD FOREIGN KEY (id) REFERENCES target",
    "ALTER TABLE whole DROP CONSTRAINT fk",
    "ALTER TABLE whole DISABLE TRIGGER old",
    "ALTER TABLE whole ENABLE TRIGGER USER",
    "ALTER TABLE whole ATTACH PARTITION loose FOR VALUES IN (2)",
    "ALTER TABLE whole DETACH PARTITION one",
    "ALTER TABLE whole RENAME COLUMN target_id TO z",
    "CREATE TABLE new PARTITION OF whole FOR VALUES IN (2)",
    "CREATE TABLE new PARTITION OF other_whole FOR VALUES FROM (10) TO (20)",
    "CREATE INDEX ON whole (a)",
    "CREATE INDEX ON ONLY whole (a)",
    "CREATE TRIGGER new BEFORE UPDATE ON whole FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE TRIGGER new BEFORE UPDATE ON whole EXECUTE FUNCTION f()",
    "DROP TRIGGER old ON whole",
    "DROP TABLE one",
    "DROP TABLE deep",
    "DROP TABLE whole",
    "DROP TABLE other_whole CASCADE",
    "TRUNCATE whole",
    "UPDATE whole SET a = 1",
    "ANALYZE whole",
    "ALTER TABLE loose ADD FOREIGN KEY (id) REFERENCES other_whole",
    "ALTER TABLE into_whole DROP CONSTRAINT into_whole_id_fkey",
    "DROP TABLE into_whole",
    "WITH gone AS (DELETE FROM parent RETURNING id) SELECT count(*) FROM gone",
]
HELD = """
SELECT c.relname, l.mode FROM pg_locks AS l JOIN unnest(%s::text[], %s::oid[]) AS c (relname, oid)
ON l.relation = c.oid WHERE l.granted AND l.pid = pg_backend_pid()
"""
KNOWN = """
SELECT array_agg(oid::regclass::text), array_agg(oid) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
# Before PostgreSQL 18, their partitions and children got weaker locks, or none.
LESS_BEFORE_18 = {
    "ALTER TABLE parent ADD CHECK (id > 0) NO INHERIT",
    "ALTER TABLE parent ADD UNIQUE (a)",
    "ALTER TABLE parent ADD FOREIGN KEY (a) REFERENCES target",
    "ALTER TABLE whole ADD UNIQUE (id, a)",
}
# These locks are for looking up keys, and block neither readers nor writers.
WEAK = {ACCESS_SHARE, ROW_SHARE}


def test_every_lock_on_a_table_that_is_not_named_is_said(any_database: Database) -> None:
    wrong = {}
    with closing(any_database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        connection.commit()
        with (
            unpooled_engine(any_database) as engine,
            engine.connect() as session,
            inside_transaction(session),
        ):
            around = Columns((read_snapshot(session, Scope(managed=("public",), shared=())),))
        cursor.execute(KNOWN)
        names = cursor.fetchone()
        connection.rollback()
        is_older = connection.server_version < 18_00_00
        for statement in STATEMENTS:
            cursor.execute(statement)
            cursor.execute(HELD, names)
            held: dict[str, str] = {}
            for name, mode in cursor.fetchall():
                (word,) = (one for one in STRENGTH if one.replace(" ", "") == mode[:-4].upper())
                held[name] = max(word, held.get(name, word), key=STRENGTH.index)
            connection.rollback()
            locks = statement_locks(statement, around)
            expected = {one.table.removeprefix("public."): one.mode for one in locks}
            strong, expected = (
                {name: mode for name, mode in one.items() if mode not in WEAK and name}
                for one in (held, expected)
            )
            is_less = is_older and statement in LESS_BEFORE_18 and strong.keys() <= expected.keys()
            if strong != expected and not is_less:
                wrong[statement] = {
                    name: (strong.get(name), expected.get(name))
                    for name in {*strong, *expected}
                    if strong.get(name) != expected.get(name)
                }
    assert wrong == {}, wrong
