"""Repeat each scenario in which two migrators once applied the same revision twice.

    python -m bench.twice [TIMES]

The first migrator is killed, stopped or disconnected within a revision. The benchmark starts a
server.
"""

import os
import tempfile
from argparse import ArgumentParser, RawTextHelpFormatter
from pathlib import Path

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.migrators import wait_for
from schemaproof_testing.own_project import make_own_project
from schemaproof_testing.servers import create_database, started_server
from schemaproof_testing.twice import ONCE, SCENARIOS, Two


def is_applied_once(server: LocalServer, scenario: str) -> bool:
    """Run a scenario on a new database; return whether each revision was applied once."""
    with create_database(server) as database, tempfile.TemporaryDirectory() as folder:
        url = database.superuser_url.render_as_string(hide_password=False)
        os.environ["DB_SCRATCH_URL"] = url
        two = Two(make_own_project(Path(folder) / "own"), database, wait_for)
        SCENARIOS[scenario](two)
        return two.outcome() == ONCE


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawTextHelpFormatter)
    parser.add_argument("times", type=int, nargs="?", default=20, help="of each scenario")
    times = parser.parse_args().times
    with started_server() as server:
        for scenario in SCENARIOS:
            results = [is_applied_once(server, scenario) for _ in range(times)]
            print(f"{scenario}: applied once {results.count(True)} of {times}", flush=True)


if __name__ == "__main__":
    main()
