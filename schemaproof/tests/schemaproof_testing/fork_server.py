"""Start Alembic processes at once, as forks of a process that has imported everything.

They are ordinary processes that run the program's own code and can be killed; only the second for
Python's imports is spent once instead of hundreds of times.

    python -m schemaproof_testing.fork_server [--other]
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[3]


class ForkServer:
    """Starts processes of ``alembic``, and waits for them.

    Args:
        options: ``--other`` for a project with models of its own.
    """

    def __init__(self, *options: str) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "schemaproof_testing.fork_server", *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=60)
        assert self._server.stdout is not None
        self._server.stdout.close()

    def start(
        self, arguments: Sequence[str], environ: Mapping[str, str], folder: Path, output: Path
    ) -> int:
        """Start ``alembic ARGUMENTS`` and return its process id."""
        request = {
            "arguments": list(arguments),
            "environ": dict(environ),
            "folder": str(folder),
            "output": str(output),
        }
        return int(self._ask(request))

    def wait(self, pid: int) -> int:
        """Return the exit code of a process, which is negative after a signal."""
        return int(self._ask({"wait": pid}))

    def _ask(self, request: Mapping[str, Any]) -> str:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        return self._server.stdout.readline()


def serve() -> None:
    """Fork for every line on stdin."""
    import alembic.config
    import psycopg2.extensions
    import sqlalchemy.dialects.postgresql

    import schemaproof.migrate.environment
    from schemaproof.history.metadata import load_metadata
    from schemaproof_testing.project import PROJECT

    assert all((alembic.config, psycopg2.extensions, sqlalchemy.dialects.postgresql))
    assert schemaproof.migrate.environment.__name__
    if "--other" not in sys.argv:
        load_metadata(PROJECT)
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                _become(**request)
        print(answer, flush=True)  # noqa: T201 - the answer to the client


def _become(arguments: list[str], environ: dict[str, str], folder: str, output: str) -> None:
    from alembic.config import CommandLine

    code = 1
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        os.close(0)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environ)
        CommandLine(prog="alembic").main(arguments)
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code & 0xFF)


if __name__ == "__main__":
    serve()
