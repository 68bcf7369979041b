"""Run many migrators at once on a server with 100 connection slots.

    python -m bench.migrators [COUNT]

All migrators are started, wait for a common signal, and continue at the same time. The benchmark
starts a server.
"""

import tempfile
import time
from argparse import ArgumentParser, RawTextHelpFormatter
from pathlib import Path

from schemaproof_testing.migrators import ALEMBIC, released_together
from schemaproof_testing.project import Programs, make_workspace
from schemaproof_testing.servers import ask, create_database, started_server


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawTextHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=64, help="migrators at the same time")
    count = parser.parse_args().count
    with (
        started_server() as server,
        create_database(server) as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        programs = Programs(make_workspace(Path(folder)), database.environ())
        began = time.monotonic()
        ended = released_together(database, programs, count, *ALEMBIC, "upgrade", "head")
        seconds = time.monotonic() - began
        succeeded = sum(code == 0 for code, _ in ended)
        slots = ask(server, "SHOW max_connections")
        print(
            f"{count} migrators at once, max_connections {slots}: {succeeded} succeeded,"
            f" all done in {seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
