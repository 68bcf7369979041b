"""What a database contains, for comparing it with itself at another time."""

from __future__ import annotations

import re
import subprocess

from introspection.catalog import read_snapshot, reading
from introspection.shapes import Snapshot
from migrations.runner.scopes import scratch_scope
from tests.project import PROJECT, engine_of
from tests.servers import Database


def contents(database: Database) -> Snapshot:
    """Everything in the schemas that the project looks at."""
    with engine_of(database) as engine, engine.connect() as connection, reading(connection):
        return read_snapshot(connection, scratch_scope(PROJECT))


def dump(database: Database, *, without: tuple[str, ...] = ()) -> str:
    """What pg_dump writes, but for the objects named and pg_dump's own random tokens."""
    done = subprocess.run(
        [
            database.server.binaries.pg_dump,
            *(f"--exclude-table={pattern}" for pattern in without),
            f"--dbname={database.name}",
        ],
        env={
            "PGHOST": database.host,
            "PGPORT": str(database.port),
            "PGUSER": database.user,
            "PGPASSWORD": database.password,
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return re.sub(r"(?m)^\\(un)?restrict .*$", "", done.stdout)
