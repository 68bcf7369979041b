"""The process of a server: its id, how to kill it, and Python code in another process."""

import os
import signal
import sys
import time

from schemaproof.scratch.embedded.server import LocalServer


def postmaster_pid(server: LocalServer) -> int:
    """Return the process id of a running server."""
    pid = server.status().pid
    assert pid is not None
    return pid


def kill(server: LocalServer) -> int:
    """Kill a server with SIGKILL; return its process id."""
    pid = postmaster_pid(server)
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while server.is_running() and time.monotonic() < deadline:
        time.sleep(0.01)
    return pid


# The arguments are the folder of a server, its binaries, and steps such as start and stop.
SCRIPT = """
import sys
from pathlib import Path
from schemaproof.scratch.embedded.binaries import Binaries
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof.errors import LocalServerError
server = LocalServer(Path(sys.argv[1]), Binaries(Path(sys.argv[2])), {"fsync": "off"})
try:
    for step in sys.argv[3:]:
        getattr(server, step)()
except LocalServerError as error:
    sys.exit(f"LocalServerError: {error}")
print(server.status().pid)
"""


def in_python(server: LocalServer, *steps: str) -> list[str]:
    """Return the command that runs these lines in another Python, with the project's code."""
    return [sys.executable, "-c", SCRIPT, str(server.root), str(server.binaries.directory), *steps]
