"""Run the programs of a project and schemaproof as a user runs them, and measure their time."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.projects.environments import Environment
from schemaproof_testing.servers import Database

SCHEMAPROOF = Path(sys.executable).with_name("schemaproof")
LIMIT = 900.0  # No program may take longer than this many seconds.


@dataclass(frozen=True)
class Ran:
    """The result of a program.

    Attributes:
        code: The exit code.
        seconds: The duration in seconds.
        out: The text on stdout.
        err: The text on stderr.
    """

    code: int
    seconds: float
    out: str
    err: str

    @property
    def last_words(self) -> str:
        """The last line on stderr, or on stdout if stderr is empty."""
        lines = [line for line in (self.err or self.out).splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""


@dataclass(frozen=True)
class Programs:
    """The programs of a project, on one database.

    Attributes:
        environment: The environment of the project.
        database: The database of the project.
        scratch: The server for scratch databases.
    """

    environment: Environment
    database: Database
    scratch: str

    def schemaproof(self, *arguments: str) -> Ran:
        """Run schemaproof, which is outside of the project's environment."""
        return self._run([str(SCHEMAPROOF), *arguments], self._plain_environ())

    def check(self) -> tuple[Ran, Mapping[str, Any]]:
        """Run the check and return its report, which is empty if the check failed."""
        ran = self.schemaproof("check", "--format", "json")
        try:
            report: Mapping[str, Any] = json.loads(ran.out)
        except ValueError:
            report = {"findings": [], "error": ran.last_words}
        return ran, report

    def write_files(self) -> None:
        """Write the project's configuration files that name the database."""
        for name, text in self.environment.subject.files.items():
            (self.environment.folder / name).write_text(self._filled(text), "utf-8")

    def upgrade(self) -> Ran:
        """Upgrade the database as the project's own documentation says."""
        program, *arguments = self.environment.subject.upgrade
        command = [str(self.environment.programs / program), *map(self._filled, arguments)]
        return self._run(command, self._project_environ())

    def ask(self, script: Path, *arguments: str) -> Ran:
        """Run a script with the project's Python."""
        command = [str(self.environment.programs / "python"), str(script), *arguments]
        return self._run(command, self._project_environ())

    @property
    def url(self) -> str:
        """The URL of the database, in the form that the project's settings have."""
        drivername = self.environment.subject.drivername
        one = self.database
        query = f"?host={one.host}&port={one.port}"
        user = f"{one.user}:{quote(one.password, safe='')}"
        return f"{drivername}://{user}@/{one.name}{query}"

    def _filled(self, text: str) -> str:
        one = self.database
        parts = {
            "url": self.url,
            "host": one.host,
            "port": str(one.port),
            "user": one.user,
            "password": one.password,
            "database": one.name,
        }
        text = self.environment.filled(text)
        for name, value in parts.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _plain_environ(self) -> dict[str, str]:
        """Return the environment variables that the project's code and schemaproof need."""
        theirs = self.environment.subject.environment
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("VIRTUAL")},
            **{name: self._filled(value) for name, value in theirs.items()},
            "DATABASE_URL": self.url,
            "SCHEMAPROOF_SCRATCH_URL": self.scratch,
        }

    def _project_environ(self) -> dict[str, str]:
        return {**self._plain_environ(), "VIRTUAL_ENV": str(self.environment.programs.parent)}

    def _run(self, command: list[str], environ: Mapping[str, str]) -> Ran:
        begin = time.monotonic()
        done = subprocess.run(
            command,
            cwd=self.environment.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
        return Ran(done.returncode, time.monotonic() - begin, done.stdout, done.stderr)
