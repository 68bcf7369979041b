"""Find the server process of a data directory, and tell it from one that reused its number.

A pid file may outlive its server: then its number belongs to another process, or to none.
"""

import hashlib
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
STATUS_LINE = 8
POLL_SECONDS = 0.02
# This is the largest number of a process that the type allows; no system uses numbers this large.
NO_PROCESS = 2_147_483_647


@dataclass(frozen=True)
class PidFile:
    """The contents of ``postmaster.pid``.

    Attributes:
        pid: The server's process; negative for a single-user session, 0 when it cannot be read.
        status: The state: ``starting``, ``ready``, ``stopping``, or empty.
    """

    pid: int
    status: str


def label(root: Path) -> str:
    """Return the label in the names of the local servers' processes and folders.

    Args:
        root: The folder for all local servers, from whose name the label is made.
    """
    word = root.name.removeprefix(".")
    return word if re.fullmatch(r"[a-z]{1,12}", word) else "schemaproof"


def marker(data: Path) -> str:
    """Return the server's argument that identifies the server of this data directory.

    Args:
        data: The data directory.
    """
    digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()
    return f"cluster_name={label(data.parents[1])}-{digest[:12]}"


def read_pid_file(data: Path) -> PidFile | None:
    """Read ``postmaster.pid``.

    Args:
        data: The data directory.

    Returns:
        Its content, or None when there is no such file.
    """
    try:
        lines = (data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return None
    number = lines[0].strip() if lines else ""
    # A number of more than ten digits is no process, and is too large for the system call.
    pid = int(number) if re.fullmatch(r"-?[0-9]{1,10}", number) else 0
    status = lines[STATUS_LINE - 1].strip() if len(lines) >= STATUS_LINE else ""
    return PidFile(pid, status)


def running(data: Path, *, proc: Path = PROC) -> PidFile | None:
    """Return the pid file if it names a living server of this data directory.

    Args:
        data: The data directory.
        proc: The folder of the kernel's process files.
    """
    found = read_pid_file(data)
    if found is None or found.pid <= 0 or not is_server(found.pid, data, proc=proc):
        return None
    return found


def is_server(pid: int, data: Path, *, proc: Path = PROC) -> bool:
    """Return whether a process is the PostgreSQL server of this data directory.

    A zombie is not: it has no command line any more. Neither are the server's own children, which
    call themselves ``postgres: checkpointer`` and so on.

    Args:
        pid: The process.
        data: The data directory.
        proc: The folder of the kernel's process files; without it, ``ps`` is used.
    """
    if not (proc / "self").exists():
        return _is_server_by_ps(pid, data)
    try:
        arguments = (proc / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if arguments[0].rpartition(b"/")[2] not in {b"postgres", b"postmaster"}:
        return False
    try:
        return (proc / str(pid) / "cwd").samefile(data)
    except OSError:
        # The working directory of another account's process cannot be read.
        return os.fsencode(marker(data)) in arguments


def forget(data: Path, sockets: Path) -> None:
    """Remove files of a dead server that would prevent the next one from starting.

    PostgreSQL itself replaces the pid file of a process that is gone. It fails on a number that
    another process has by now, on a zombie, and on an unreadable file.

    Args:
        data: The data directory.
        sockets: Its private socket folder.
    """
    found = read_pid_file(data)
    if found is not None and is_server(abs(found.pid), data):
        return
    if found is not None and found.pid == 0:
        (data / "postmaster.pid").unlink(missing_ok=True)
    elif found is not None and _exists(abs(found.pid)):
        _disown(data / "postmaster.pid")
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def _disown(pid_file: Path) -> None:
    """Replace the process number by one that no process has.

    The rest stays: it names the shared memory by which PostgreSQL finds the dead server's orphans.
    """
    _, _, rest = pid_file.read_text("utf-8", "surrogateescape").partition("\n")
    draft = pid_file.with_name("postmaster.pid.new")
    draft.write_text(f"{NO_PROCESS}\n{rest}", "utf-8", "surrogateescape")
    draft.chmod(0o600)
    draft.replace(pid_file)


def end(pid: int, data: Path, *, stages: tuple[tuple[signal.Signals, float], ...]) -> bool:
    """End the server process.

    Args:
        pid: Its process.
        data: Its data directory.
        stages: The signals, each with the seconds to wait for its effect.

    Returns:
        Whether the server is gone.
    """
    for number, seconds in stages:
        # This is checked right before each signal, so that no other process is sent one.
        if not is_server(pid, data):
            return True
        os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not is_server(pid, data):
                return True
            time.sleep(POLL_SECONDS)
    return not is_server(pid, data)


def _exists(pid: int) -> bool:
    """Whether a process exists, as PostgreSQL checks it: a zombie does, too."""
    try:
        os.kill(pid, 0)  # Signal 0 only checks whether the process exists.
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _is_server_by_ps(pid: int, data: Path) -> bool:
    command = subprocess.run(  # noqa: S603 -- a number, no shell
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],  # noqa: S607 -- where it is differs
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=30,
    ).stdout
    is_postgres = re.match(r"(?:\S.*/)?(?:postgres|postmaster) -", command)
    return is_postgres is not None and marker(data) in command.split()
