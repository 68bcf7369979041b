"""Whoever may create in public does not become the one who migrates.

What our statements use is shadowed by what says so in the server's log, and fails. The server is
reached by a way that leaves out the settings of a start-up message, as PgBouncer can, so that the
path of the role holds.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from schemaproof.scratch.embedded.server import LocalServer
from tests import servers as test_servers
from tests.migrations.legacy_import import SMALL
from tests.project import CONFIGURATION, PROJECT, ROOT, Outcome, Programs
from tests.proxy import Proxy, proxied
from tests.psql import run_script
from tests.servers import Database

SAME_NAMES, BETTER_FITS = (
    (ROOT / "tests" / "shadows" / f"{name}.sql").read_text("utf-8")
    for name in ("same_names", "better_fits")
)
PROGRAMS: Final = {
    "require_schema": "from core import database; database.require_schema()",
    "require_schema_async": """
import asyncio
from core import database
async def main():
    await database.require_schema_async()
    await database.reset_async()
asyncio.run(main())
""",
    "replicas": """
from core import database
with database.get_db() as session:
    position = database.wal_position(session)
with database.get_read_db(position):
    pass
""",
}
READING: Final = (
    ("monps-db status", 0),
    ("monps-db check", 1),
    ("monps-db check --data --roles", 1),
    ("monps-db check --sql", 1),
    ("monps-db roles", 1),
    ("monps-db plan", 0),
    ("monps-db lint", 5),
    ("monps-db adopt --dry-run", 0),
    ("alembic current", 0),
    ("alembic check", 0),
)
EVERYTHING: Final = (
    *READING,
    ("monps-db adopt --baseline accepted.json", 0),
    ("monps-db upgrade 3d5a71c08e42", 0),
    ("alembic upgrade head", 0),
    ("monps-db check", 1),
    ("monps-db history", 0),
    ("monps-db import-legacy", 0),
    ("python require_schema.py", 0),
    ("python require_schema_async.py", 0),
    ("DB_REPLICA_HOSTS=$DB_HOST python replicas.py", 0),
    ("monps-db downgrade -2 --accept-data-loss", 0),
    ("alembic -x accept-data-loss=true downgrade -1", 0),
    ("alembic stamp head", 0),
    ("alembic stamp --purge e7d04b6a52c9", 0),
    ("monps-db revision -m nothing", 0),
    ("monps-db snapshot --rewrite", 0),
)


@dataclass
class Walk:
    """What the commands sent, and what the server said of it."""

    programs: Programs
    proxy: Proxy
    server: LocalServer
    figures: dict[str, int] = field(default_factory=dict)
    forms: set[str] = field(default_factory=set)

    def run(self, command: str, *, code: int) -> Outcome:
        before = len(self.proxy.statements)
        outcome = self.programs.shell(command)
        sent = self.proxy.statements[before:]
        self.figures[command] = self.figures.get(command, 0) + len(sent)
        self.forms.update(re.sub(r"'[^']*'|\d+", "?", statement) for statement in sent)
        assert self.shadowed == [], command
        assert outcome.code == code, (command, outcome.text)

        return outcome

    @property
    def shadowed(self) -> list[str]:
        """What was executed of the shadows, however quietly."""
        log = self.server.log_file.read_text("utf-8", errors="replace")
        return re.findall(r"SHADOWED .*|shadowed .*|CONTEXT:.*monps_.*", log)


@pytest.fixture
def server_of_its_own(folder: Path) -> Iterator[LocalServer]:
    binaries = test_servers.find_binaries(test_servers.default_major())
    made = LocalServer(folder / "root", binaries, test_servers.FAST)
    made.start()
    test_servers.create_role(made)
    yield made
    made.stop()


def old_tables(database: Database) -> None:
    """For the import."""
    run_script(database, SMALL.read_text("utf-8"), folder=SMALL.parent)


@contextmanager
def walking(
    server: LocalServer,
    folder: Path,
    *shadows: str,
    path: str,
    prepare: Callable[[Database], None] = old_tables,
) -> Iterator[Walk]:
    with test_servers.create_database(server) as database:
        prepare(database)
        with closing(database.connect_superuser()) as connection, connection.cursor() as cursor:
            for statements in shadows:
                cursor.execute(statements)
            cursor.execute(f"ALTER ROLE {server.superuser} SET search_path = {path}")
            connection.commit()
        without = partial(Proxy, drops=frozenset({b"options"}), counts_all=True)
        with proxied(database, without) as (proxy, host):
            yield Walk(programs_in(folder, replace(database, host=host)), proxy, server)


def programs_in(folder: Path, database: Database) -> Programs:
    """The programs as a superuser, on a copy of the project; scratch databases by the same way."""
    shutil.copytree(PROJECT.script_location, folder / "migrations")
    shutil.copytree(PROJECT.root / "models", folder / "models")
    shutil.copy(PROJECT.alembic_ini, folder)
    (folder / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    for name, program in PROGRAMS.items():
        (folder / f"{name}.py").write_text(program, "utf-8")
    server = database.server
    superuser = replace(database, user=server.superuser, password=server.superuser_password())
    environ = {
        **superuser.environ(),
        "DB_SCRATCH_URL": superuser.url.render_as_string(hide_password=False),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    return Programs(folder, environ)


def test_no_statement_of_ours_finds_a_name_of_anybody_elses(
    server_of_its_own: LocalServer, tmp_path: Path
) -> None:
    path = "public, pg_catalog"
    with walking(server_of_its_own, tmp_path, SAME_NAMES, path=path) as walk:
        for command, code in EVERYTHING:
            walk.run(command, code=code)
        page = (ROOT / "docs" / "security.md").read_text("utf-8")
        found = re.search(r"([\d,]+) statements, of (\d+) forms, by (\d+) commands", page)
        assert found is not None
        statements, forms, commands = (int(one.replace(",", "")) for one in found.groups())
        counted = (sum(walk.figures.values()), len(walk.forms), len(walk.figures))
        told = (statements, forms, commands)
        assert all(there >= said for there, said in zip(counted, told, strict=True)), counted


def test_nor_one_that_fits_better(server_of_its_own: LocalServer, tmp_path: Path) -> None:
    """A body looks for what it does not qualify in public; the gate sees what it found there."""
    with walking(server_of_its_own, tmp_path, SAME_NAMES, BETTER_FITS, path="public") as walk:
        for command, code in READING:
            walk.run(command, code=code)
        refused = walk.run("alembic upgrade head", code=1)
        assert "did not lead to what its snapshot says, and was rolled back" in refused.text
        walk.run("alembic stamp head", code=0)
        walk.run("monps-db history", code=0)
