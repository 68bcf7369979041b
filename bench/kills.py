"""Kill the migrator at each statement of each revision, and verify that the next run completes it.

    python -m bench.kills [--every N] [--side before|after|during] [--scenario NUMBER]

It kills upgrades and downgrades. Each kill happens on a copy of a filled database; then the
migrator runs again, and nothing else repairs the database. It takes about an hour on two cores.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.fork_server import ForkServer
from schemaproof_testing.killing import SCENARIOS, Killer, Scenario, faults, outcome, prepared
from schemaproof_testing.proxy import Side
from schemaproof_testing.servers import started_server


def kill_through(
    server: LocalServer, forks: ForkServer, scenario: Scenario, sides: list[Side], every: int
) -> tuple[int, int]:
    """Return the number of kills, and the number of kills with faults afterwards."""
    broken = kills = 0
    with prepared(server, scenario) as template, tempfile.TemporaryDirectory() as folder:
        killer = Killer(forks, scenario, template, Path(folder))
        statements = killer.statements()
        undisturbed, before = killer.undisturbed(), outcome(template)
        for number in range(1, len(statements) + 1, every):
            for side in sides:
                kills += 1
                try:
                    killed, completed = killer.kill_at(number, side)
                    found = faults(before, killed, completed, undisturbed)
                except AssertionError as error:
                    found = [str(error)]
                if found:
                    broken += 1
                    print(f"{number} {side.name}: {found}: {statements[number - 1]}", flush=True)
    print(
        f"{scenario.name}: {len(statements)} statements, {kills} kills, {broken} broken", flush=True
    )
    return kills, broken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every Nth statement")
    parser.add_argument("--side", choices=[side.name.lower() for side in Side])
    parser.add_argument("--scenario", type=int, help="only this one, from 0")
    asked = parser.parse_args()
    sides = [side for side in Side if asked.side in (None, side.name.lower())]
    chosen = SCENARIOS if asked.scenario is None else SCENARIOS[asked.scenario :][:1]
    with started_server() as server, ForkServer() as forks:
        counts = [kill_through(server, forks, one, sides, asked.every) for one in chosen]
    print(
        f"{sum(kills for kills, _ in counts)} kills, {sum(broken for _, broken in counts)} broken"
    )
    sys.exit(any(broken for _, broken in counts))


if __name__ == "__main__":
    main()
