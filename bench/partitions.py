"""Odds become partitioned as docs/growth.md says, while programs write; nothing may be lost.

    python -m bench.partitions [ROWS]

10 million rows unless a number is given, on a server of its own that does not wait for the disk.
Four sessions insert, change, move and delete rows meanwhile, each in a second table as well, which
has to be the same afterwards, row for row.
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
    """Run the program, which says what each revision took."""
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
