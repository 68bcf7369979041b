"""Restore a dump of a database on the same server and on a newer one."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2 import sql

from bench.drift.copies import new_database
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.psql import dump, run_script
from schemaproof_testing.servers import Database, administration

OTHER_OWNER = "bench_owner"


@contextmanager
def restored(original: Database, server: LocalServer) -> Iterator[Database]:
    """Dump a database with the pg_dump of the target server, and restore it there."""
    script = dump_with(server, original)
    copy_roles(original.server, server)
    with new_database(server) as database:
        run_script(database, script)
        yield database


@contextmanager
def under_another_owner(original: Database) -> Iterator[Database]:
    """Restore a dump so that another role owns the database and all objects in it."""
    script = dump(original)
    with new_database(original.server) as database:
        database.execute_each(f'ALTER DATABASE "{database.name}" OWNER TO {OTHER_OWNER}')
        owner = original.user
        given = re.sub(
            rf"\b(FROM|TO|PRIVILEGES FOR ROLE) {owner}(?=[; ])", rf"\1 {OTHER_OWNER}", script
        )
        run_script(database, f"SET ROLE {OTHER_OWNER};\n" + given)
        yield database


def copy_roles(source: LocalServer, target: LocalServer) -> None:
    """Create the roles that a dump refers to, as pg_dumpall would."""
    with administration(source) as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'")
        names = [name for (name,) in cursor.fetchall()]
    with administration(target) as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        present = {name for (name,) in cursor.fetchall()}
        for name in names:
            if name not in present:
                cursor.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))


def dump_with(server: LocalServer, original: Database) -> str:
    """Dump with the programs of ``server``, whose major version must be the same or newer."""
    done = subprocess.run(
        [server.binaries.pg_dump],
        env=original.libpq_environ(),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return "\n".join(
        line
        for line in done.stdout.splitlines()
        if not line.startswith(("\\restrict", "\\unrestrict"))
    )
