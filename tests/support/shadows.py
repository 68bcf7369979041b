"""Run commands on a database where others made objects that could shadow ours."""

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
from schemaproof_testing import servers as test_servers
from schemaproof_testing.existing_databases import OLD_TABLES, load
from schemaproof_testing.project import CONFIGURATION, PROJECT, ROOT, Outcome, Programs
from schemaproof_testing.proxy import Proxy, proxied
from schemaproof_testing.servers import Database

SAME_NAMES, BETTER_FITS = (
    Path(__file__).with_name(f"{name}.sql").read_text("utf-8")
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


@dataclass
class Walk:
    """Runs commands, and collects their statements and the messages of the server."""

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
        """The log lines of shadow objects that were executed."""
        log = self.server.log_file.read_text("utf-8", errors="replace")
        return re.findall(r"SHADOWED .*|shadowed .*|CONTEXT:.*monps_.*", log)


def old_tables(database: Database) -> None:
    """Create the old tables that the import reads."""
    load(database, OLD_TABLES)


@pytest.fixture
def server_of_its_own(folder: Path) -> Iterator[LocalServer]:
    binaries = test_servers.find_binaries(test_servers.default_major())
    made = LocalServer(folder / "root", binaries, test_servers.FAST)
    made.start()
    test_servers.create_role(made)
    yield made
    made.stop()


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
    """The programs as a superuser, in a copy of the project; all connections use the proxy."""
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
