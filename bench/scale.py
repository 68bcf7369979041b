"""Measure `monps-db check` on a project with many tables.

For comparison, `alembic check` and `pg_dump --schema-only` run on the same database, in turn:

    python -m bench.scale [TABLES ...]     (1000 and 5000 when none are given)
    python -m bench.scale --unmodelled [TABLES ...]     (5000 and 20000)

With --unmodelled there are ten tables with a model and TABLES without one; then `monps-db adopt` is
measured, and the memory of both.

The project is generated in a temporary folder, its database on a server that the benchmark starts.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.pairs import Program, timed
from bench.scale_project import MONPS, Migrated, migrated
from schemaproof.scratch.embedded.server import DEFAULT_MAJOR
from schemaproof.scratch.providers import PIXELTABLE, required

ROUNDS = 5
UNMODELLED = """\
CREATE TABLE scale.other_{number:05} (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(100) NOT NULL UNIQUE,
    share numeric(10, 2) CHECK (share >= 0)
)
"""


def measure(tables: int) -> None:
    with migrated(tables) as made:
        libpq = {name.replace("DB_", "PG"): value for name, value in made.settings.items()}
        libpq["PGDATABASE"] = libpq.pop("PGNAME")
        made.vacuum()
        ours = Program("monps-db check", [MONPS, "check"], made.folder, made.environ)
        ours.seconds()
        dump = [
            str(required(PIXELTABLE, DEFAULT_MAJOR).binaries.pg_dump),
            "--schema-only",
            "--no-password",
        ]
        programs = [
            ours,
            Program("pg_dump --schema-only", dump, made.folder, libpq),
            Program("alembic check", [*made.alembic, "check"], made.folder, made.environ),
        ]
        print(f"{tables} tables")
        print("\n".join(timed(programs, ROUNDS).lines()), flush=True)


def measure_unmodelled(tables: int) -> None:
    with migrated(10) as made:
        made.execute(UNMODELLED.format(number=number) for number in range(tables))
        made.vacuum()
        print(f"{tables} unmodelled tables")
        for command in (
            ["check", "--fail-on", "breaking"],
            ["adopt", "--dry-run"],
            ["adopt", "--baseline", "baseline.toml"],
            ["check", "--baseline", "baseline.toml"],
        ):
            print(f"  monps-db {' '.join(command)}: {spent(made, command)}", flush=True)


def spent(made: Migrated, command: list[str]) -> str:
    """Run a program; return its time, its processor time and its memory."""
    environ = {**os.environ, **made.environ}
    start = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(
            [MONPS, *command], cwd=made.folder, env=environ, stdout=nowhere, stderr=nowhere
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    own = used.ru_utime + used.ru_stime
    return f"{seconds:.2f} s, {own:.2f} s its own, {used.ru_maxrss // 1024} MB, exit code {code}"


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != "--unmodelled"]
    unmodelled = len(arguments) < len(sys.argv) - 1
    usual = [5000, 20000] if unmodelled else [1000, 5000]
    for tables in [int(argument) for argument in arguments] or usual:
        try:
            (measure_unmodelled if unmodelled else measure)(tables)
        except subprocess.CalledProcessError as error:
            sys.exit(error.stderr.decode())


if __name__ == "__main__":
    main()
