"""Start programs at once, as forks of a process that has imported what they need.

They are separate processes with their own arguments, environment and output. The start of Python
and its imports, which take most of the time of a short program, happen once.

    python -m schemaproof_testing.forked_programs DESCRIPTOR
"""

import atexit
import gc
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path
from typing import Any, Final, NoReturn

ENTRIES: Final = ("alembic", "monps-db", "schemaproof")
"""The programs that can be started so."""
# The models are not among them: which ones are meant depends on the folder and env.py.
_IMPORTED: Final = (
    "alembic.command",
    "core.config",
    "psycopg2.extras",
    "schemaproof.adopt.adoption",
    "schemaproof.alembic",
    "schemaproof.check.check",
    "schemaproof.history.write_revision",
    "schemaproof.lint.linting",
    "schemaproof.migrate.by_project",
    "schemaproof.migrate.environment",
    "schemaproof.repair.plan",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.orm",
)
LOCALE: Final = "C.UTF-8"
_SECONDS: Final = 120.0


def can_run(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether a fork can run a command: the program, the locale and coverage permit it."""
    if sys.platform != "linux":
        return False
    asks = any(name.startswith(("PYTHON", "COV")) for name in environ)
    return Path(command[0]).name in ENTRIES and environ["LC_ALL"] == LOCALE and not asks


class Forks:
    """Runs programs, several at a time if several threads call."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "LC_ALL": LOCALE},
                stdin=subprocess.DEVNULL,
            )
        atexit.register(self.close)

    def close(self) -> None:
        """End the process that forks; the programs that it started continue."""
        self._control.close()
        self._server.wait(timeout=60)

    def run(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        folder: Path,
        output: int | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, and return its output.

        Args:
            command: The program, and its arguments.
            environ: The environment of the program.
            folder: The working directory.
            output: The descriptor of its standard output; None returns the output, a negative
                number closes it. With a descriptor, the interpreter ends in the normal way, which
                flushes the output.
        """
        request = {
            "command": list(command),
            "environ": dict(environ),
            "folder": str(folder),
            "is_closed": output is not None and output < 0,
            "is_ended": output is not None,
        }
        answers, theirs = os.pipe()
        with (
            os.fdopen(answers, "rb", buffering=0) as answer,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            given = out.fileno() if output is None or output < 0 else output
            try:
                message = json.dumps(request).encode()
                socket.send_fds(self._control, [message], [given, err.fileno(), theirs])
            finally:
                os.close(theirs)
            code = _exit_code(answer, command)
            printed = [_text(file) for file in (out, err)]
        return subprocess.CompletedProcess(list(command), code, *printed)


def _exit_code(answer: io.FileIO, command: Sequence[str]) -> int:
    """Wait for a program to end; return its exit code."""
    pid = int(answer.readline())
    if not select.select([answer], [], [], _SECONDS)[0]:
        os.kill(pid, signal.SIGKILL)
        raise subprocess.TimeoutExpired(list(command), _SECONDS)
    return int(answer.readline())


def _text(file: Any) -> str:
    file.seek(0)
    text: str = file.read().decode("utf-8").replace("\r\n", "\n")
    return text


@cache
def forks() -> Forks:
    """Return the forking process of this process, started on first use."""
    return Forks()


def serve(control: socket.socket) -> Callable[[], Any] | None:
    """Fork for every message; in the fork, return the program to run."""
    from schemaproof.cli.proof_commands import COMMANDS

    for name in (*_IMPORTED, *chain.from_iterable(each.values() for each in COMMANDS.values())):
        import_module(name)
    programs = entry_points(group="console_scripts")
    mains = {one.name: one.load() for one in programs if one.name in ENTRIES}
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that attend
    while True:
        text, descriptors, *_ = socket.recv_fds(control, 2**20, 3)
        if not text:
            return None
        if os.fork() == 0:
            control.close()
            return _attended(json.loads(text), mains, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _attended(
    request: Mapping[str, Any], mains: Mapping[str, Any], out: int, err: int, to: int
) -> Callable[[], Any]:
    """Start a program, and report its process id and then its exit code; return in the fork."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid:
        os.write(to, f"{pid}\n".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(to, f"{code}\n".encode())
        os._exit(0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    for descriptor in (out, err, to):
        os.close(descriptor)
    if request["is_closed"]:
        os.close(1)
    # As Python makes them: from what these descriptors are now.
    sys.stdout = None if request["is_closed"] else _stream(1, "surrogateescape")
    sys.stderr = _stream(2, "backslashreplace")
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environ"])
    sys.argv = request["command"]
    sys.path[0] = str(Path(sys.argv[0]).parent)
    main: Callable[[], Any] = mains[Path(sys.argv[0]).name]
    return main if request["is_ended"] else partial(_run_and_leave, main)


def _run_and_leave(main: Callable[[], Any]) -> NoReturn:
    """Run a program, and exit without the interpreter's clean-up, which takes much time."""
    code: object = 1
    try:
        code = main()
    except SystemExit as stop:
        code = stop.code
    except BaseException:  # noqa: BLE001 - as Python does
        sys.excepthook(*sys.exc_info())
    atexit._run_exitfuncs()
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code & 0xFF if isinstance(code, int) else int(code is not None))


def _stream(descriptor: int, errors: str) -> io.TextIOWrapper:
    binary = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
    return io.TextIOWrapper(binary, "utf-8", errors, line_buffering=descriptor == 2)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as given:
        program = serve(given)
    if program is not None:
        sys.exit(program())
