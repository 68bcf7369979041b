"""The table of locks, compared with pg_locks for executed statements."""

import threading
import time
from contextlib import closing

import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- as the class it is

from schemaproof.lint.lock_modes import STRENGTH, Work
from schemaproof.lint.locks import statement_locks
from schemaproof_testing.locking_statements import STATEMENTS, TABLES
from schemaproof_testing.servers import Database

# The locks are found by the oids of relations that existed before, because a statement may rename
# them.
HELD = """
SELECT names.name, l.mode
FROM unnest(%s::text[], %s::oid[]) AS names (name, oid)
JOIN pg_locks AS l ON l.relation = names.oid
WHERE l.granted AND l.pid = %s
"""
# If a statement only names an index, the index stands for its table.
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
    """Return the strongest lock mode by relation, under the manual's names."""
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
    """Return the lock mode that a session waits for, under the manual's name."""
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
