"""``monps-db check`` on a real hot standby, as a role that may only connect and read catalogs."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import audits
from schemaproof_testing.project import Alembic, Programs, make_workspace, revisions
from schemaproof_testing.servers import FAST, Database, administration, ask
from schemaproof_testing.strangers import superuser_database

pytestmark = pytest.mark.slow

HEAD = revisions()[-1]
READER = {"DB_USER": "monps_standby_reader", "DB_PASSWORD": "reader"}


@pytest.fixture
def primary(any_database: Database) -> Iterator[Database]:
    """A migrated database, and a role without privileges."""
    Alembic(any_database).upgrade()
    with administration(any_database.server) as cursor:
        cursor.execute(f"CREATE ROLE {READER['DB_USER']} LOGIN PASSWORD 'reader'")
    try:
        yield any_database
    finally:
        with administration(any_database.server) as cursor:
            cursor.execute(f"DROP ROLE {READER['DB_USER']}")


@pytest.fixture
def standby(primary: Database, folder: Path) -> Iterator[Database]:
    """The same database on a standby that streams from the primary."""
    # Another test on this server may have created a tablespace, which is copied, too.
    settings = {**FAST, "allow_in_place_tablespaces": "on"}
    server = LocalServer(folder / "standby", primary.server.binaries, settings)
    server.home.mkdir(parents=True)
    parameters = primary.server.connect_parameters()
    # pg_basebackup runs as the user of the tests, and the server as the owner of its files.
    subprocess.run(
        [
            primary.server.binaries.directory / "pg_basebackup",
            *("--pgdata", server.data_directory, "--checkpoint=fast", "--no-sync"),
            *("--wal-method=stream", "--write-recovery-conf"),
        ],
        env={
            "PATH": os.environ["PATH"],
            "PGHOST": str(parameters["host"]),
            "PGPORT": str(parameters["port"]),
            "PGUSER": str(parameters["user"]),
            "PGPASSWORD": str(parameters["password"]),
        },
        check=True,
        capture_output=True,
        timeout=120,
    )
    shutil.copy(primary.server.password_file, server.password_file)
    assert (server.data_directory / "standby.signal").exists()
    server.start()
    try:
        yield replace(primary, host=str(server.socket_directory), server=server)
    finally:
        server.stop()


@pytest.fixture
def programs(primary: Database, standby: Database, tmp_path: Path) -> Programs:
    """The programs, with settings for the standby; scratch databases are on the primary."""
    scratch = primary.superuser_url.render_as_string(hide_password=False)
    environ = {**standby.environ(), "DB_SCRATCH_URL": scratch}
    return Programs(make_workspace(tmp_path), environ)


def replayed(primary: Database, standby: Database, statement: str) -> None:
    """Change the primary, and wait until the standby has replayed it."""
    with closing(primary.connect_superuser()) as connection, connection, connection.cursor() as one:
        one.execute(statement)
    position = ask(primary.server, "SELECT pg_current_wal_insert_lsn()::text")
    caught_up = f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn"
    while not ask(standby.server, caught_up):
        pass


def test_a_standby_is_checked_like_its_primary(
    primary: Database, standby: Database, programs: Programs
) -> None:
    assert ask(standby.server, "SELECT pg_is_in_recovery()") is True
    outcome = programs.monps_db("check")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("in sync: ")
    assert f"revision:  {HEAD}\n" in programs.monps_db("status").out
    reading = programs.monps_db("check", **READER)
    assert (reading.code, reading.err) == (0, "")
    assert f"compared with {HEAD}, whose schema is closest" in reading.out
    replayed(primary, standby, "ALTER TABLE public.odds ALTER league TYPE varchar(50)")
    drifted = programs.monps_db("check")
    assert (drifted.code, "column-type-modifier" in drifted.out) == (1, True)


def test_an_audit_of_the_primary_speaks_on_the_standby(
    primary: Database, standby: Database, programs: Programs
) -> None:
    superuser = superuser_database(standby).environ()
    refused = programs.monps_db("audit", "install", **superuser)
    assert (refused.code, "the server is a standby" in refused.err) == (6, True)
    audits.install(primary)
    replayed(primary, standby, "ALTER TABLE public.odds ADD COLUMN surplus int")
    found = programs.monps_db("check", **superuser)
    assert "changed by: postgres at " in found.out
    assert "ADD COLUMN surplus int" in programs.monps_db("audit", "show", **superuser).out
