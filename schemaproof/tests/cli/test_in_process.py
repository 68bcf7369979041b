"""A command that a program calls in its own process leaves the process unchanged."""

import subprocess
import sys

import pytest

from schemaproof_testing.project import Programs

CALLS = """
import gc, signal, sys
from cli.main import main
for enabled in (True, False):
    (gc.enable if enabled else gc.disable)()
    try:
        main(sys.argv[1:])
    except SystemExit as stop:
        assert stop.code == 0, stop.code
    assert gc.isenabled() is enabled
assert gc.get_freeze_count() == 0
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
"""


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("arguments", [["check"], ["check", "--offline"], ["status"]], ids=" ".join)
def test_a_command_leaves_the_process_as_it_was(programs: Programs, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALLS, *arguments],
        cwd=programs.folder,
        env=programs.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
