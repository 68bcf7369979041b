"""Many migrators at once on a server with 100 slots for connections.

    python -m bench.migrators [COUNT]

All of them are started, wait together, and are let go at once. It starts a server of its own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.migrations.test_one_migrator import ALEMBIC, released_together
from tests.project import Programs, make_workspace
from tests.servers import Servers, ask, create_database, default_major


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    servers = Servers()
    try:
        server = servers.get(default_major())
        with create_database(server) as database, tempfile.TemporaryDirectory() as folder:
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
    finally:
        servers.close()


if __name__ == "__main__":
    main()
