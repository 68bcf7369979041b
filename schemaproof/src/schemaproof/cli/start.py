"""Start a program; Ctrl-C prints one line even during the imports."""

import io
import sys
from importlib import import_module

_INTERRUPTED = 130  # This is exit_codes.INTERRUPTED, whose module may not be loaded yet.


def start(program: str, module: str) -> None:
    """Load a program, run it, and exit.

    Args:
        program: The name of the program.
        module: The module whose ``main`` runs it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Characters that the terminal's encoding does not have are shown as escapes.
            stream.reconfigure(errors="backslashreplace")
    try:
        run = import_module(module).main
    except KeyboardInterrupt:
        sys.stderr.write(f"{program}: interrupted\n")
        sys.exit(_INTERRUPTED)
    try:
        run()
    finally:
        from schemaproof.cli.error_boundary import leave_quietly

        leave_quietly()
