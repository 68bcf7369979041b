"""Measure `alembic upgrade head` against the same SQL in psql, and the time per revision of 200.

    python -m bench.upgrade

It starts a server. Both run in turn on new databases, as whole processes.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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
        Programs(workspace, database.environ()).run(*ALEMBIC, "upgrade", "head").succeeded()

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
    ways: dict[str, Callable[[Database], None]] = {
        "with the runner": lambda database: _upgrade(project, database),
        "stock Alembic": lambda database: _upgrade(stock, database),
        "psql": lambda database: run_script(database, script),
    }
    rounds = [[seconds(work, server) for work in ways.values()] for _ in range(REPEATED)]
    for name, times in zip(ways, zip(*rounds, strict=True), strict=True):
        each = statistics.median(times) / CHAIN * 1000
        ratio = statistics.median(one[0] / took for one, took in zip(rounds, times, strict=True))
        print(f"{name:<16} {each:6.1f} ms per revision, of {CHAIN}; ratio {ratio:.1f}")


def _upgrade(project: OwnProject, database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    programs = Programs(project.folder, {**database.environ(), "BENCH_URL": url})
    programs.run("alembic", "-c", str(project.ini), "upgrade", "head").succeeded()


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
