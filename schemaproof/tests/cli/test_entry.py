"""Interrupt the program while it is still being imported."""

import subprocess
import sys

from schemaproof.cli import exit_codes

INTERRUPTED_WHILE_LOADED = """
import sys

class Interrupting:
    @staticmethod
    def find_spec(name, *_):
        if name == "cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting)
from cli.entry import main
main()
"""


def test_ctrl_c_while_the_program_is_loaded_is_one_line() -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_LOADED],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert outcome.returncode == exit_codes.INTERRUPTED
    assert outcome.stderr == "monps-db: interrupted\n"
