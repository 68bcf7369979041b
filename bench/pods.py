"""Start fifty pods at once, each with the upgrade as its init container.

    python -m bench.pods

It starts a server, runs ``examples/container/upgrade`` fifty times at once for a project with ten
revisions, and prints which pods migrated, how long each took, and the number of sessions. PODS and
REVISIONS change the numbers.
"""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg2

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.other_project import FIRST, OtherProject, make_project
from schemaproof_testing.project import ROOT
from schemaproof_testing.servers import Servers, create_database, default_major

PODS: Final = int(os.environ.get("PODS", "50"))
REVISIONS: Final = int(os.environ.get("REVISIONS", "10"))
UPGRADE: Final = ROOT / "examples" / "container" / "upgrade"
ENV: Final = """
import os
from alembic import context
from sqlalchemy import create_engine
from schemaproof.alembic import run_migrations
from models import Base

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    run_migrations(connection, target_metadata=Base.metadata)
"""


@dataclass(frozen=True)
class Ended:
    """The end of a pod.

    Attributes:
        code: The exit code.
        printed: The output.
        seconds: The time from the start of all pods to its end.
    """

    code: int
    printed: str
    seconds: float

    @property
    def applied(self) -> int:
        """The number of revisions that the pod applied."""
        return self.printed.count(f"/{REVISIONS} upgrade ")


def history(project: OtherProject) -> None:
    """Write revisions, each of which takes some time."""
    project.write("alembic/env.py", ENV)
    project.configure(
        metadata='"models:Base.metadata"',
        script_location='"alembic"',
        managed_schemas='["shop"]',
        lint_ignore='["downgrade-missing"]',
    )
    project.revision("r0", None, FIRST)
    for number in range(1, REVISIONS):
        sql = f"ALTER TABLE shop.customer ADD c{number} int; SELECT pg_catalog.pg_sleep(0.2)"
        project.revision(f"r{number}", f"r{number - 1}", f'op.execute("{sql}")')


def start(project: OtherProject, url: str) -> "subprocess.Popen[str]":
    """Start a pod."""
    environ = project.programs.environment(DATABASE_URL=url, MIGRATION_WAIT_TIMEOUT="10min")
    folder = Path(project.programs.command("schemaproof")[0]).parent
    environ["PATH"] = f"{folder}:{environ['PATH']}"
    return subprocess.Popen(
        [str(UPGRADE)],
        cwd=project.folder,
        env={name: value for name, value in environ.items() if not name.startswith("DB_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(server: LocalServer, project: OtherProject, url: str) -> tuple[list[Ended], int]:
    """Start all pods; return the end of each, and the greatest number of sessions."""
    over, most = threading.Event(), [0]

    def look() -> None:
        with closing(psycopg2.connect(**server.connect_parameters())) as connection:
            connection.autocommit = True
            while not over.wait(0.05):
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE backend_type ="
                        " 'client backend' AND pid <> pg_backend_pid()"
                    )
                    most[0] = max(most[0], cursor.fetchall()[0][0])

    looking = threading.Thread(target=look)
    looking.start()
    begun = time.monotonic()
    processes = [start(project, url) for _ in range(PODS)]
    ended: list[Ended] = []

    def wait(process: "subprocess.Popen[str]") -> None:
        printed, _ = process.communicate(timeout=1200)
        ended.append(Ended(process.returncode, printed, time.monotonic() - begun))

    waiting = [threading.Thread(target=wait, args=(process,)) for process in processes]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    over.set()
    looking.join()
    return ended, most[0]


def main() -> None:
    servers = Servers()
    try:
        server = servers.get(default_major())
        with create_database(server) as database, tempfile.TemporaryDirectory() as folder:
            url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
            project = make_project(Path(folder), database)
            history(project)
            project.programs.run("schemaproof", "snapshot").succeeded()
            ended, sessions = run(server, project, url)
            report(ended, sessions)
    finally:
        servers.close()


def report(ended: list[Ended], sessions: int) -> None:
    times = sorted(one.seconds for one in ended)
    codes = sorted({one.code for one in ended})
    applied = sorted((one.applied for one in ended), reverse=True)
    migrators = [one for one in ended if one.applied]
    print(f"{PODS} pods, {REVISIONS} revisions: exit codes {codes}, applied {applied[:3]}...")
    print(f"who migrated had ended after {max(one.seconds for one in migrators):.1f} s")
    print(f"the others: median {statistics.median(times):.1f} s, last {times[-1]:.1f} s")
    print(f"sessions at most: {sessions}")


if __name__ == "__main__":
    main()
