"""Where ``monps-db`` begins: Ctrl-C is one line also while the program is still being loaded."""

from __future__ import annotations

import io
import sys

_INTERRUPTED = 130  # exit_codes.INTERRUPTED, which may not be loaded yet


def main() -> None:
    """Load the program, run it, and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the encoding of the terminal does not have is shown as its escape.
            stream.reconfigure(errors="backslashreplace")
    try:
        from cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("monps-db: interrupted\n")
        sys.exit(_INTERRUPTED)
    try:
        run()
    finally:
        from cli.boundary import leave_quietly

        leave_quietly()
