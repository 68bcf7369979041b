"""Several migrators at once, and the lock that lets only one of them work."""

import subprocess
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2 import sql
from sqlalchemy.exc import OperationalError

from schemaproof.migrate.migrator_lock import REVISION, RUN, SPACE
from schemaproof_testing.filled import FILLED_FROM, digests, fill
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.migrators import (
    ALEMBIC,
    lock_held,
    own_project_has,
    released_together,
    sessions,
    wait_for,
)
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import Alembic, Programs, revisions
from schemaproof_testing.servers import Database, administration

pytestmark = pytest.mark.slow


def end_session(database: Database, pid: int) -> None:
    database.superuser.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.parametrize("count", [8, 32])
@pytest.mark.parametrize("is_filled", [False, True], ids=["empty", "filled"])
def test_many_upgrades_at_once_all_succeed_and_apply_each_revision_once(
    database: Database, programs: Programs, count: int, *, is_filled: bool
) -> None:
    if is_filled:
        Alembic(database).upgrade(FILLED_FROM)
        fill(database)
    before = digests(database)
    ended = released_together(database, programs, count, *ALEMBIC, "upgrade", "head")
    assert [code for code, _ in ended] == [0] * count, ended
    assert rows(database, "revision, outcome") == [(one, "done") for one in revisions()]
    assert {table: digests(database)[table] for table in before} == before


def test_who_waits_holds_one_connection(database: Database, programs: Programs) -> None:
    count = 4
    with administration(database.server) as cursor:
        # One more is for the holder of the lock, and one to see what blocks the worker.
        limit = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
        cursor.execute(limit.format(sql.Identifier(database.name), sql.Literal(count + 2)))
    ended = released_together(database, programs, count, *ALEMBIC, "upgrade", "head")
    assert [code for code, _ in ended] == [0] * count, ended
    assert rows(database, "revision, outcome") == [(one, "done") for one in revisions()]


@pytest.mark.parametrize("limited", ["ROLE", "DATABASE"])
def test_a_server_without_a_free_slot_is_waited_for(
    database: Database, programs: Programs, limited: str
) -> None:
    # Only this module finds out why a connection failed; libpq does not tell.
    pytest.importorskip("schemaproof.connection.connection_failures")
    name = database.user if limited == "ROLE" else database.name
    limit = sql.SQL("ALTER {} {} CONNECTION LIMIT {}")
    parts = sql.SQL(limited), sql.Identifier(name)
    with administration(database.server) as cursor:
        with closing(database.connect()), (programs.folder / "printed").open("w+b") as printed:
            try:
                cursor.execute(limit.format(*parts, sql.Literal(1)))
                refused = programs.monps_db("upgrade", MIGRATION_WAIT_TIMEOUT="1ms")
                process = programs.start(
                    "monps-db", "upgrade", stdout=printed, stderr=subprocess.STDOUT
                )
                wait_for(lambda: b"waiting for a connection" in Path(printed.name).read_bytes())
            finally:
                cursor.execute(limit.format(*parts, sql.Literal(-1)))
        assert process.wait(timeout=120) == 0, Path(printed.name).read_text("utf-8")
    assert (refused.code, refused.err.count("\n")) == (6, 1)
    assert rows(database, "revision, outcome") == [(one, "done") for one in revisions()]


def test_a_role_that_may_only_connect_can_keep_migrators_waiting_and_is_named(
    database: Database, programs: Programs
) -> None:
    role = f"curious_{database.name}"
    with administration(database.server) as administrator:
        administrator.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'curious'")
        reader = replace(database, user=role, password="curious")
        with lock_held(reader):
            outcome = programs.monps_db("upgrade", MIGRATION_WAIT_TIMEOUT="1ms")
        administrator.execute(f"DROP ROLE {role}")
    assert (outcome.code, outcome.err.count("\n")) == (6, 1)
    assert "another migrator is at work: pid" in outcome.err
    assert f"(user {role}, the other one)" in outcome.err
    assert "pg_terminate_backend(pid)" in outcome.err


def test_an_index_is_built_concurrently_while_others_wait(
    database: Database, own_project: OwnProject
) -> None:
    own_project.add('op.execute("CREATE TABLE public.one (id int)")')
    own_project.add(
        "with op.get_context().autocommit_block():\n"
        '        op.create_index("i", "one", ["id"], schema="public", postgresql_concurrently=True)'
    )
    own_project.record()
    programs = Programs(own_project.folder, database.environ())
    ended = released_together(database, programs, 4, "monps-db", "upgrade")
    assert [code for code, _ in ended] == [0] * 4, ended
    assert rows(database, "revision, outcome") == [("r1", "done"), ("r2", "done")]


def test_who_waits_says_for_whom(database: Database, programs: Programs) -> None:
    with lock_held(database):
        outcome = programs.alembic("upgrade", "head", MIGRATION_WAIT_TIMEOUT="1ms")
    assert outcome.code != 0
    assert "waiting for another migrator: pid" in outcome.out
    assert "FAILED: another migrator is at work: pid" in outcome.out
    assert "user monps_test, the other one, idle, since 20" in outcome.out
    assert "MIGRATION_WAIT_TIMEOUT" in outcome.out


@pytest.mark.parametrize(
    "limit",
    ["idle_session_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"],
)
def test_a_limit_that_the_database_has_for_sessions_ends_no_migrator(
    database: Database, own_project: OwnProject, limit: str
) -> None:
    with administration(database.server) as cursor:
        cursor.execute("SELECT FROM pg_settings WHERE name = %s", [limit])
        if not cursor.rowcount:
            pytest.skip(f"no {limit} before 17")
    own_project.add("import time; op.get_context().as_sql or time.sleep(1.5)")
    own_project.record()
    programs = Programs(own_project.folder, database.environ())
    with lock_held(database):
        with administration(database.server) as cursor:
            alter = sql.SQL("ALTER DATABASE {} SET {} = '300ms'")
            cursor.execute(alter.format(sql.Identifier(database.name), sql.Identifier(limit)))
        process = programs.start("monps-db", "upgrade", stderr=subprocess.STDOUT)
        wait_for(lambda: bool(sessions(database, "application_name LIKE 'monps-db migrator%'")))
        time.sleep(1)
    printed = process.communicate(timeout=120)[0]
    assert process.returncode == 0, printed
    assert rows(database, "revision, outcome") == [("r1", "done")]


@pytest.mark.parametrize("arguments", [["downgrade", "-1"], ["stamp", "base"]])
def test_downgrades_and_stamps_wait_as_well(
    database: Database, programs: Programs, arguments: list[str]
) -> None:
    Alembic(database).upgrade()
    with lock_held(database):
        outcome = programs.alembic(*arguments, MIGRATION_WAIT_TIMEOUT="1ms")
    assert "FAILED: another migrator is at work" in outcome.out
    assert len(rows(database)) == len(revisions())


def test_what_changes_nothing_does_not_wait(database: Database, programs: Programs) -> None:
    Alembic(database).upgrade()
    with lock_held(database):
        for arguments in (["upgrade", "head"], ["current"]):
            programs.alembic(*arguments, MIGRATION_WAIT_TIMEOUT="1ms").succeeded()


def test_the_holder_of_the_lock_is_called_after_who_runs_it(
    database: Database, own_project: OwnProject
) -> None:
    own_project.add(
        'op.execute("CREATE TABLE public.holders AS SELECT a.application_name FROM'
        " pg_stat_activity AS a JOIN pg_locks AS l ON l.pid = a.pid"
        f" WHERE l.locktype = 'advisory' AND l.objid = {RUN}\")"
    )
    own_project.record()
    own_project.upgrade(database)
    names = [name for (name,) in database.query("SELECT application_name FROM public.holders")]
    assert len([name for name in names if name.startswith("monps-db migrator ")]) == 1


def test_a_session_that_is_ended_takes_its_revision_and_the_lock_with_it(
    database: Database, own_project: OwnProject
) -> None:
    own_project.add('op.execute("CREATE TABLE public.one ()")')
    own_project.add('op.execute("CREATE TABLE public.two ()"); op.execute("SELECT pg_sleep(600)")')
    (own_project.folder / "migrations" / "snapshots").mkdir()
    failures: list[BaseException] = []
    thread = threading.Thread(target=caught, args=(failures, own_project, database))
    thread.start()
    wait_for(lambda: bool(sessions(database, "query LIKE '%pg_sleep%'")))
    [migrator] = sessions(database, "application_name LIKE 'monps-db migrator%'")
    end_session(database, migrator)
    thread.join(timeout=60)
    assert [type(failure) for failure in failures] == [OperationalError]
    # Another session has recorded it, because the session that failed is closed.
    assert rows(database, "revision, outcome") == [("r1", "done"), ("r2", "failed")]
    own_project_has(database, {"one"})


def caught(failures: list[BaseException], project: OwnProject, database: Database) -> None:
    try:
        project.upgrade(database)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
        failures.append(error)


def test_the_statement_that_a_killed_migrator_left_running_is_waited_for(
    database: Database, own_project: OwnProject
) -> None:
    own_project.add('op.execute("CREATE TABLE public.one ()")')
    own_project.record()
    with closing(database.connect()) as orphan, orphan.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SPACE, REVISION])
        thread = threading.Thread(target=own_project.upgrade, args=(database,))
        thread.start()
        wait_for(lambda: "waiting for another migrator" in own_project.printed)
        assert not sessions(database, "query LIKE 'CREATE TABLE%'")
        orphan.rollback()
        thread.join(timeout=60)
    assert rows(database) == [("r1", "upgrade")]
