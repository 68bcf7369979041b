"""A sample of ``python -m bench.kills``, which kills at every statement of every revision."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.fork_server import ForkServer
from schemaproof_testing.killing import SCENARIOS, Killer, Scenario, faults, outcome, prepared
from schemaproof_testing.proxy import Side

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_killed_migrator_leaves_whole_revisions_and_the_next_run_completes(
    server: LocalServer, forks: ForkServer, scenario: Scenario, tmp_path: Path
) -> None:
    with prepared(server, scenario) as template:
        killer = Killer(forks, scenario, template, tmp_path)
        count = len(killer.statements())
        before, undisturbed = outcome(template), killer.undisturbed()
        broken = {}
        # The last statement commits. If the answer is lost, the program does not know that it is
        # done.
        for statement, side in (
            (count // 3, Side.BEFORE),
            (count // 2, Side.DURING),
            (count, Side.BEFORE),
            (count, Side.AFTER),
        ):
            killed, completed = killer.kill_at(statement, side)
            if found := faults(before, killed, completed, undisturbed):
                broken[statement, side] = found
    assert broken == {}
