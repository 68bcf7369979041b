"""Partition the odds as docs/growth.md describes, while programs write; no row may be lost.

    python -m bench.partitions [ROWS]

The default is 10 million rows, on a server that does not wait for the disk. Meanwhile four sessions
insert, change, move and delete rows, each also in a second table, which must have the same rows at
the end.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.growth.__main__ import fill, seconds
from schemaproof_testing.project import Alembic, Programs, unpooled_engine
from schemaproof_testing.servers import Database, create_database, started_server
from schemaproof_testing.writers import writing
from tests.support import partitioned_odds

ROWS: Final = 10_000_000
PAUSE: Final = 0.02


def run(programs: Programs, *arguments: str) -> None:
    """Run the program, which prints how long each revision took."""
    process = programs.start("monps-db", *arguments, stdout=sys.stdout, stderr=sys.stderr)
    assert process.wait() == 0, arguments


def convert(database: Database, folder: Path) -> None:
    programs = partitioned_odds.make_project(folder, database)
    run(programs, "revision", "-m", "odds partitioned", "--rev-id", "parts")
    with writing(database, partitioned_odds.WRITERS, longest="10min", pause=PAUSE) as writers:
        taken = seconds(lambda: run(programs, "upgrade"))
    assert writers.failed == []
    [(different,)] = database.query(partitioned_odds.DIFFERENT)
    print(
        f"{taken:.0f} s; the application's longest statement of {sum(writers.done)}:"
        f" {writers.longest:.2f} s; rows that differ: {different}"
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with (
        started_server() as server,
        create_database(server) as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        Alembic(database).upgrade()
        with unpooled_engine(database) as engine:
            print(f"{seconds(lambda: fill(engine, rows)):.0f} s to make {rows:,} rows", flush=True)
        database.execute_each(*partitioned_odds.MIRRORED)
        convert(database, Path(folder))


if __name__ == "__main__":
    main()
