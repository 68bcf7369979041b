"""Run psql and pg_dump."""

import re
import subprocess
from pathlib import Path

from schemaproof_testing.servers import Database


def run_script(database: Database, script: str, *, folder: Path | None = None) -> None:
    """Let psql run a script, and stop at the first error."""
    subprocess.run(
        [
            database.server.binaries.psql,
            *("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null"),
        ],
        input=script,
        cwd=folder,
        env=database.libpq_environ(),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )


def dump(database: Database, *, without: tuple[str, ...] = ()) -> str:
    """Return the output of pg_dump, without the named objects and without random tokens."""
    done = subprocess.run(
        [
            database.server.binaries.pg_dump,
            *(f"--exclude-table={pattern}" for pattern in without),
        ],
        env=database.libpq_environ(),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return re.sub(r"(?m)^\\(un)?restrict .*$", "", done.stdout)
