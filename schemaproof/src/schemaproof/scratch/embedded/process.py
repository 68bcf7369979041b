"""Run PostgreSQL's programs, even as root."""

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from schemaproof.errors import LocalServerError
from schemaproof.program import with_program

# The operating system finds programs, their libraries and a folder for files by these variables.
# A server keeps its environment as long as it runs, so it gets neither passwords nor PG* variables.
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
LONGEST_QUOTE = 300
FAILURE = re.compile(r"\b(?:FATAL|PANIC|error):\s+(.*)")
# PostgreSQL refuses to run as root. In a user namespace, root is mapped to another user number: it
# still owns its files, and needs neither a system account nor folders that others may read.
AS_SOMEBODY = ("unshare", "--user", "--map-user=1000")


def run(
    command: Sequence[str | Path], *, seconds: float, directory: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL to its end; if we are root, in a user namespace.

    Args:
        command: The program and its arguments.
        seconds: The seconds that it may take.
        directory: The folder in which it runs.

    Returns:
        The finished process, whatever its exit status.

    Raises:
        LocalServerError: The program takes longer, or cannot be run.
    """
    prefix = _namespace() if os.geteuid() == 0 else ()
    with subprocess.Popen(  # noqa: S603 -- paths of ours, no shell
        [*prefix, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        cwd=directory,
        env=_environment(),
        # In its own session, a server that is started here does not receive Ctrl-C.
        start_new_session=True,
    ) as running:
        try:
            output, complaints = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            _kill(running)
            raise LocalServerError(
                f"{Path(command[0]).name} did not end within {seconds:.0f} seconds"
            ) from error
        except BaseException:
            _kill(running)
            raise
    return subprocess.CompletedProcess([*command], running.returncode, output, complaints)


def _kill(running: subprocess.Popen[str]) -> None:
    """End a program with its children, because those of initdb would continue to write."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.communicate()


def failure_line(text: str) -> str:
    """Return the reason of a failure from a program's output or a server's log, in one line.

    Args:
        text: The output; may be empty.
    """
    failures = FAILURE.findall(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    quote = failures[-1] if failures else lines[-1] if lines else "no reason given"
    return str(quote)[:LONGEST_QUOTE]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _namespace() -> tuple[str, ...]:
    try:
        trial = subprocess.run(  # noqa: S603 -- constants
            [*AS_SOMEBODY, "true"], check=False, capture_output=True, text=True, timeout=30
        )
        reason = failure_line(trial.stderr) if trial.returncode else ""
    except (OSError, subprocess.SubprocessError) as error:
        reason = str(error)
    if reason:
        raise LocalServerError(
            f"PostgreSQL does not run as root, and user namespaces are forbidden here ({reason})",
            remedy=with_program(
                "run this from an unprivileged account, or take a server of your own: $host"
            ),
        )
    return AS_SOMEBODY
