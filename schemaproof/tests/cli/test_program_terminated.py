"""SIGTERM and Ctrl-C end Alembic's own commands and leave nothing behind."""

import signal
import subprocess
import time
from contextlib import closing

import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 -- as the class it is
from sqlalchemy import URL

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.migrators import wait_until_blocked
from schemaproof_testing.project import ROOT, Alembic, Programs
from schemaproof_testing.servers import Database, administration

pytestmark = pytest.mark.slow

signals = pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"]
)


def start(programs: Programs, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    return programs.start("alembic", "-c", str(ROOT / "alembic.ini"), *arguments, **environ)


def password_url(server: LocalServer) -> str:
    url = URL.create(
        "postgresql",
        username=server.superuser,
        password=server.superuser_password(),
        database="postgres",
        query={"host": str(server.socket_directory)},
    )
    return url.render_as_string(hide_password=False)


def scratch_databases(cursor: Cursor) -> int:
    cursor.execute(
        "SELECT count(*) FROM pg_database WHERE datname LIKE 'schemaproof\\_scratch\\_%'"
    )
    [(count,)] = cursor.fetchall()
    return int(count)


@signals
@pytest.mark.parametrize("options", [[], ["--raiseerr"]], ids=["", "raiseerr"])
def test_a_scratch_database_is_dropped(
    own_server: LocalServer, programs: Programs, number: signal.Signals, options: list[str]
) -> None:
    own_server.start()  # On this server no other test creates scratch databases.
    with administration(own_server) as cursor:
        process = start(programs, *options, "check", DB_SCRATCH_URL=password_url(own_server))
        deadline = time.monotonic() + 30
        while not scratch_databases(cursor):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode != 0
        assert scratch_databases(cursor) == 0


def test_an_upgrade_that_is_terminated_is_rolled_back_and_says_so(
    database: Database, programs: Programs
) -> None:
    Alembic(database).upgrade("8e94b0f2d617")
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE quantum.team_quantum_dna")
        process = start(programs, "upgrade", "head", MIGRATION_LOCK_TIMEOUT="60s")
        wait_until_blocked(database)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert process.returncode > 0
    assert "FAILED: interrupted: the revision that was running is rolled back" in out
    assert "Traceback" not in err
    # No statement may still be waiting on the server.
    assert programs.alembic("upgrade", "head").code == 0
