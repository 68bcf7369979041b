"""Start a server, and clean up after an earlier one."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from schemaproof.errors import LocalServerError
from schemaproof.scratch.embedded import binaries, postmaster, process

START_SECONDS = 60.0
RETRY_SECONDS = 20.0
RETRY_PAUSE = 0.2
# This is the SQLSTATE lock_file_exists. PostgreSQL also reports it while child processes of a
# killed server still run.
STILL_IN_USE = re.compile(r" F0001 ")


@dataclass(frozen=True)
class ServerPaths:
    """The folders and programs of a server.

    Attributes:
        programs: The PostgreSQL to run.
        data: Its data directory, configured.
        log: Its log, beside the data directory.
        socket: Its socket, in a private folder.
    """

    programs: binaries.Binaries
    data: Path
    log: Path
    socket: Path


def serves(paths: ServerPaths) -> bool:
    """Return whether the server runs, after waiting while it starts or stops.

    A server whose socket is gone (its folder was removed) serves nobody.

    Args:
        paths: The server.

    Raises:
        LocalServerError: The server neither starts nor ends.
    """
    deadline = time.monotonic() + START_SECONDS
    while found := postmaster.running(paths.data):
        if found.status == "ready":
            return paths.socket.exists()
        if time.monotonic() > deadline:
            raise LocalServerError(
                f"the local server has been {found.status or 'starting'} for too long",
                remedy=f"see {paths.log}",
            )
        time.sleep(postmaster.POLL_SECONDS)
    return False


def start(paths: ServerPaths) -> None:
    """Start the server, and try again while processes of a killed one still exist.

    Args:
        paths: The server; it does not run.

    Raises:
        LocalServerError: The server does not start; the error has the reason from its log.
    """
    deadline = time.monotonic() + RETRY_SECONDS
    while (reason := _try(paths)) is not None:
        if not STILL_IN_USE.search(reason) or time.monotonic() > deadline:
            raise LocalServerError(
                f"the local server did not start: {process.failure_line(reason)}",
                remedy=f"see {paths.log}",
            )
        time.sleep(RETRY_PAUSE)


def _try(paths: ServerPaths) -> str | None:
    """Try to start once; return None, or the failure as the log (else pg_ctl) describes it."""
    postmaster.forget(paths.data, paths.socket.parent)
    before = paths.log.stat().st_size if paths.log.exists() else 0
    # pg_ctl passes these names to a shell. They are relative to the parent folder, so that they
    # contain no character with a meaning for the shell.
    done = process.run(
        [
            *(paths.programs.pg_ctl, "start", "--wait", f"--timeout={START_SECONDS:.0f}"),
            *(f"--pgdata={paths.data.name}", f"--log={paths.log.name}"),
            f"--options=-c {postmaster.marker(paths.data)}",
        ],
        seconds=START_SECONDS + 30,
        directory=paths.data.parent,
    )
    if done.returncode == 0:
        return None
    with suppress(FileNotFoundError), paths.log.open("rb") as log:
        log.seek(before)
        if text := log.read().decode("utf-8", "replace").strip():
            return text
    return done.stdout + done.stderr
