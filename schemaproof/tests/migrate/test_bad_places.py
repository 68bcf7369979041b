"""Servers and connections that cannot be migrated: one clear message, and no partial change."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg2 import sql

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.filled import digests
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.pooler import pooled
from schemaproof_testing.project import Programs, make_workspace, revisions
from schemaproof_testing.servers import USER, Database, administration

pytestmark = pytest.mark.slow


def test_where_transactions_are_read_only_the_upgrade_says_so(
    database: Database, programs: Programs
) -> None:
    with administration(database.server) as cursor:
        cursor.execute(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    outcome = programs.alembic("upgrade", "head")
    assert outcome.code != 0
    assert "FAILED: transactions are read-only here" in outcome.out
    ours = programs.monps_db("upgrade")
    assert (ours.code, ours.err.count("\n")) == (6, 1)
    assert "for which it is off" in ours.err
    assert database.query(
        "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'quantum')"
    )[0] == (0,)


def test_a_standby_is_recognised(new_server: LocalServer, tmp_path: Path) -> None:
    new_server.start()
    new_server.stop()
    (new_server.data_directory / "standby.signal").touch()
    new_server.start()
    parameters = new_server.connect_parameters()
    environ = {
        "DB_HOST": str(parameters["host"]),
        "DB_PORT": str(parameters["port"]),
        "DB_USER": new_server.superuser,
        "DB_PASSWORD": new_server.superuser_password(),
        "DB_NAME": "postgres",
    }
    programs = Programs(make_workspace(tmp_path), environ)
    outcome = programs.alembic("upgrade", "head")
    assert outcome.code != 0
    message = "the server is a standby, which only reads: connect to the primary server"
    assert f"FAILED: {message}" in outcome.out
    ours = programs.monps_db("upgrade")
    assert (ours.code, ours.err) == (6, f"monps-db: {message}: DB_HOST, DB_PORT\n")


@contextmanager
def tiny_disk(folder: Path) -> Iterator[Path]:
    """A file system with almost no room."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0777", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this user may not mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_when_the_disk_is_full_the_revision_is_rolled_back(
    own_project: OwnProject, database: Database, tmp_path: Path
) -> None:
    own_project.add('op.execute("CREATE TABLE public.one ()")')
    own_project.add(
        'op.execute("CREATE TABLE public.two ()");'
        ' op.execute("CREATE TABLE public.big TABLESPACE tiny AS'
        ' SELECT repeat(n::text, 50) FROM generate_series(1, 100000) AS n")'
    )
    with tiny_disk(tmp_path / "tiny") as folder, administration(database.server) as cursor:
        place = folder / "space"
        place.mkdir(mode=0o700)
        cursor.execute(
            sql.SQL("CREATE TABLESPACE tiny LOCATION {}").format(sql.Literal(str(place)))
        )
        try:
            cursor.execute(f"GRANT CREATE ON TABLESPACE tiny TO {USER}")
            programs = Programs(own_project.folder, database.environ())
            outcome = programs.monps_db("upgrade")
        finally:
            cursor.execute("DROP TABLESPACE tiny")
    assert (outcome.code, outcome.err.count("\n")) == (6, 1)
    assert "No space left on device: the server's disk is full: make room there" in outcome.err
    assert rows(database, "revision, outcome") == [("r1", "done"), ("r2", "failed")]
    assert set(digests(database)) == {"public.one"}


def test_a_pooler_in_transaction_mode_is_refused(
    database: Database, programs: Programs, folder: Path
) -> None:
    settings = ("pool_mode = transaction", "ignore_startup_parameters = options,extra_float_digits")
    with pooled(database, folder, *settings) as environ:
        outcome = programs.alembic("upgrade", "head", **environ)
        ours = programs.monps_db("upgrade", **environ, DB_POOLER="transaction")
    assert (ours.code, ours.err.count("\n")) == (6, 1)
    assert outcome.code != 0
    assert "FAILED: a connection pooler (such as PgBouncer) in transaction mode" in outcome.out
    assert "DB_HOST" in outcome.out
    # Nothing was done, and no session of the pool holds a lock.
    assert programs.alembic("upgrade", "head", MIGRATION_WAIT_TIMEOUT="1ms").code == 0


def test_a_pooler_that_takes_no_settings_is_recognised(
    database: Database, programs: Programs, folder: Path
) -> None:
    with pooled(database, folder, "pool_mode = session") as environ:
        outcome = programs.alembic("upgrade", "head", **environ)
        assert programs.monps_db("upgrade", **environ).code == 6
    assert outcome.code != 0
    assert (
        "FAILED: a connection pooler (such as PgBouncer) answers in place of the server"
        in outcome.out
    )


@pytest.mark.parametrize("command", ["upgrade", "status", "check"])
def test_a_pooler_in_statement_mode_is_named(
    database: Database, programs: Programs, folder: Path, command: str
) -> None:
    settings = ("pool_mode = statement", "ignore_startup_parameters = options")
    with pooled(database, folder, *settings) as environ:
        outcome = programs.monps_db(command, **environ)
    assert (outcome.code, outcome.err.count("\n")) == (6, 1)
    assert "a connection pooler (such as PgBouncer) refused the connection" in outcome.err
    assert "a pool in session mode: DB_HOST, DB_PORT" in outcome.err


def test_through_a_pooler_in_session_mode_the_upgrade_works(
    database: Database, programs: Programs, folder: Path
) -> None:
    settings = ("pool_mode = session", "ignore_startup_parameters = options")
    with pooled(database, folder, *settings) as environ:
        outcome = programs.alembic("upgrade", "head", **environ)
    assert outcome.code == 0, outcome.text
    assert rows(database, "revision") == [(revision,) for revision in revisions()]
