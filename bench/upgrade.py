"""Measure `alembic upgrade head` against the same SQL in psql, and the time per revision of 200.

    python -m bench.upgrade

It starts a server. Both run in turn on new databases, as whole processes. In the chain, the time of
the same command on a database that is at the head is subtracted: it is what Python needs to start,
to import and to read the history. The processor time says more than seconds on a busy machine.
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.pairs import Program
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.own_project import OwnProject, make_own_project
from schemaproof_testing.project import ROOT, Programs, make_workspace, revisions
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database, create_database, started_server

PAIRS = 9
CHAIN = 200
REPEATED = 3
ALEMBIC = ("alembic", "-c", str(ROOT / "alembic.ini"))
# This is Alembic's own way without schemaproof: one transaction for each revision.
STOCK_ENV = """
import os
from alembic import context
from sqlalchemy import create_engine
with create_engine(os.environ["BENCH_URL"]).connect() as connection:
    context.configure(
        connection=connection, transaction_per_migration=True, version_table_schema="public"
    )
    with context.begin_transaction():
        context.run_migrations()
"""


def seconds(work: Callable[[Database], None], server: LocalServer) -> float:
    with create_database(server) as database:
        start = time.perf_counter()
        work(database)
        return time.perf_counter() - start


def our_history(server: LocalServer, folder: Path) -> None:
    """Print the ratio of the times for our own revisions."""
    workspace = make_workspace(folder)
    offline = Programs(workspace, {"DB_HOST": "/nowhere"})
    script = offline.run(*ALEMBIC, "upgrade", "head", "--sql").succeeded().out

    def by_alembic(database: Database) -> None:
        _run(workspace, database, [*ALEMBIC, "upgrade", "head"])

    def by_psql(database: Database) -> None:
        run_script(database, script)

    pairs = [(seconds(by_alembic, server), seconds(by_psql, server)) for _ in range(PAIRS)]
    ours, plain = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratios = [one / other for one, other in pairs]
    count = len(revisions())
    print(f"alembic upgrade head  {ours:.2f} s ({PAIRS} times, {count} revisions, whole process)")
    print(f"psql, the same SQL    {plain:.2f} s")
    print(
        f"ratio                 {statistics.median(ratios):.1f} "
        f"({min(ratios):.1f}-{max(ratios):.1f})"
    )


def long_chain(server: LocalServer, folder: Path) -> None:
    """Print the time per revision in a chain of generated revisions."""
    project = make_own_project(folder)
    for number in range(1, CHAIN + 1):
        project.add(f'op.execute("{_sql(number)}")')
    project.record()
    stock = make_own_project(folder / "stock")
    (stock.folder / "migrations" / "env.py").write_text(STOCK_ENV, "utf-8")
    for file in (project.folder / "migrations" / "versions").glob("*.py"):
        (stock.folder / "migrations" / "versions" / file.name).write_text(file.read_text("utf-8"))
    script = ";\n".join(f"BEGIN; {_sql(number)}; COMMIT" for number in range(1, CHAIN + 1)) + ";"
    ways: dict[str, tuple[Callable[[Database], None], Callable[[Database], None]]] = {
        "with the runner": (lambda database: _upgrade(project, database),) * 2,
        "stock Alembic": (lambda database: _upgrade(stock, database),) * 2,
        "psql": (lambda database: run_script(database, script), lambda one: run_script(one, "")),
    }
    rounds = [[_both(*work, server) for work in ways.values()] for _ in range(REPEATED)]
    for name, times in zip(ways, zip(*rounds, strict=True), strict=True):
        seconds, spent = (
            statistics.median(getattr(all_, what) - getattr(none, what) for all_, none in times)
            for what in ("seconds", "spent")
        )
        start = statistics.median(none.seconds for _, none in times)
        print(
            f"{name:<16} {seconds / CHAIN * 1000:6.1f} ms per revision, of {CHAIN};"
            f" {spent / CHAIN * 1000:.1f} ms of processor time; start {start:.2f} s"
        )


@dataclass(frozen=True)
class Took:
    """The time of a program, and the processor time of the program and of its sessions."""

    seconds: float
    spent: float


def _both(
    work: Callable[[Database], None], nothing: Callable[[Database], None], server: LocalServer
) -> tuple[Took, Took]:
    """Return the time of a program, and that of the same program when there is nothing to do."""
    with create_database(server) as database:
        return _took(work, database, server), _took(nothing, database, server)


def _took(work: Callable[[Database], None], database: Database, server: LocalServer) -> Took:
    spent, start = _spent(server), time.perf_counter()
    work(database)
    seconds = time.perf_counter() - start
    time.sleep(0.2)  # The sessions end a little later.
    return Took(seconds, _spent(server) - spent)


def _spent(server: LocalServer) -> float:
    """Return the processor time of all programs and sessions that have ended (Linux)."""
    programs = resource.getrusage(resource.RUSAGE_CHILDREN)
    fields = Path(f"/proc/{server.status().pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    sessions = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    return programs.ru_utime + programs.ru_stime + sessions


def _upgrade(project: OwnProject, database: Database) -> None:
    _run(project.folder, database, ["alembic", "-c", str(project.ini), "upgrade", "head"])


def _run(folder: Path, database: Database, command: Sequence[str]) -> None:
    """Run a whole process; the tests fork one in which everything is imported already."""
    url = database.url.render_as_string(hide_password=False)
    program = Path(sys.executable).with_name(command[0])
    environ = {**database.environ(), "BENCH_URL": url}
    Program("", [str(program), *command[1:]], folder, environ).seconds()


def _sql(number: int) -> str:
    """Return the SQL that creates ten tables and then adds columns to each in turn."""
    table = f"public.t{number % 10}"
    if number > 10:
        return f"ALTER TABLE {table} ADD COLUMN c{number} numeric(8, 3) CHECK (c{number} > 1)"
    return (
        f"CREATE TABLE {table} (id bigint PRIMARY KEY, name text NOT NULL,"
        " price numeric(8, 3) CHECK (price > 1), seen timestamptz DEFAULT now())"
    )


def main() -> None:
    with (
        started_server() as server,
        create_database(server) as scratch,
        tempfile.TemporaryDirectory() as folder,
    ):
        scratch_url = scratch.superuser_url.render_as_string(hide_password=False)
        os.environ["DB_SCRATCH_URL"] = scratch_url
        (Path(folder) / "ours").mkdir()
        our_history(server, Path(folder) / "ours")
        long_chain(server, Path(folder) / "chain")


if __name__ == "__main__":
    main()
