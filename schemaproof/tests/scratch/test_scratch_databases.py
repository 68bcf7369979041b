"""Scratch databases that killed programs left are dropped."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from schemaproof.project import Project
from schemaproof.scratch.scratch import scratch_engine
from schemaproof_testing.project import PROJECT
from schemaproof_testing.servers import Database

OLD = int(time.time()) - 2 * 24 * 60 * 60
NEW = int(time.time()) - 60
KILLED = """
import os, signal, sys
from pathlib import Path
from schemaproof.project import Project
from schemaproof.scratch.scratch import scratch_engine
with scratch_engine(Project(Path("/"), Path("/"), environ=os.environ)):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(database: Database) -> set[str]:
    return {
        name
        for (name,) in database.superuser.query(
            "SELECT datname FROM pg_database WHERE datname LIKE 'schemaproof_scratch%'"
        )
    }


def drop_all(database: Database) -> None:
    database.superuser.execute_each(*(f"DROP DATABASE {one}" for one in names(database)))


@pytest.fixture
def scratch_server(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    url = database.superuser_url.render_as_string(hide_password=False)
    monkeypatch.setenv("DB_SCRATCH_URL", url)
    return database


def made(server: Database, name: str, comment: str | None) -> str:
    server.superuser.execute_each(f"CREATE DATABASE {name} TEMPLATE template0")
    if comment is not None:
        server.superuser.execute_each(f"COMMENT ON DATABASE {name} IS '{comment}'")
    return name


def killed(server: Database) -> tuple[str, str]:
    """Kill a program; return the name and the comment of its scratch database."""
    before = names(server)
    subprocess.run([sys.executable, "-c", KILLED], cwd=PROJECT.root, check=False)
    (name,) = names(server) - before
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    [[comment]] = server.superuser.query(query, [name])
    return name, comment


@pytest.mark.slow
def test_what_a_killed_run_left_is_dropped_when_it_is_old(scratch_server: Database) -> None:
    name, comment = killed(scratch_server)
    number = name.split("_")[2]
    old = name.replace(number, str(OLD))
    scratch_server.superuser.execute_each(f"ALTER DATABASE {name} RENAME TO {old}")
    bare = made(scratch_server, f"schemaproof_scratch_{OLD}_00000000000000aa", None)
    kept = {
        made(scratch_server, f"schemaproof_scratch_{NEW}_00000000000000ab", comment),
        made(scratch_server, f"schemaproof_scratch_{OLD}_00000000000000ac", "of somebody else"),
        made(scratch_server, f"schemaproof_scratch_{OLD}", comment),
        made(scratch_server, "schemaproof_scratch_of_mine", comment),
    }
    try:
        with scratch_engine(Project(Path("/"), Path("/"), environ=os.environ)):
            pass
        assert {old, bare, *kept} & names(scratch_server) == kept
    finally:
        drop_all(scratch_server)


def test_one_that_is_in_use_stays_and_stops_nobody(scratch_server: Database) -> None:
    name, _ = killed(scratch_server)
    old = name.replace(name.split("_")[2], str(OLD))
    scratch_server.superuser.execute_each(f"ALTER DATABASE {name} RENAME TO {old}")
    try:
        with (
            closing(psycopg2.connect(**scratch_server.server.connect_parameters(old))),
            scratch_engine(Project(Path("/"), Path("/"), environ=os.environ)),
        ):
            assert old in names(scratch_server)
    finally:
        drop_all(scratch_server)
