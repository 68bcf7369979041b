"""The project under test: run its Alembic commands and its programs."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine

from schemaproof.history.history import History, load_history
from schemaproof.migrate import gate_overrides
from schemaproof.project import Project
from schemaproof.project_file import find_project
from schemaproof_testing import forked_programs
from schemaproof_testing.servers import Database
from schemaproof_testing.terminal import open_terminal, read_terminal

ROOT: Final = Path(__file__).resolve().parents[3]
PROJECT: Final[Project] = find_project(ROOT)
EXISTING_DATABASE: Final = "abbc4f65c12b"
ACCEPTING: Final = gate_overrides.GateOverrides(accepts_data_loss=True)
"""What is asked of Alembic where downgrades are not what a test is about."""
ACCEPT: Final = ("-x", "accept-data-loss=true")
"""The same for the program."""


def script_directory() -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))


def history() -> History:
    return load_history(PROJECT)


def revisions() -> list[str]:
    """Return every revision id, base first."""
    return [script.revision for script in reversed(list(script_directory().walk_revisions()))]


@contextmanager
def unpooled_engine(database: Database) -> Iterator[Engine]:
    engine = create_engine(database.url, poolclass=NullPool)
    yield engine
    engine.dispose()


@dataclass(frozen=True)
class Alembic:
    """Alembic's Python API for one database; ``printed`` is the printed output."""

    database: Database
    output: io.StringIO = field(default_factory=io.StringIO)

    def upgrade(self, revision: str = "head") -> None:
        with self._config() as config:
            command.upgrade(config, revision)

    def downgrade(self, revision: str) -> None:
        with self._config() as config:
            command.downgrade(config, revision)

    def stamp(self, revision: str) -> None:
        with self._config() as config:
            command.stamp(config, revision)

    def print_sql(self, revision: str) -> None:
        """Print the SQL of an upgrade from the base (``--sql``)."""
        config = Config(ROOT / "alembic.ini", stdout=self.output, output_buffer=self.output)
        command.upgrade(config, revision, sql=True)

    @property
    def printed(self) -> str:
        return self.output.getvalue()

    @contextmanager
    def _config(self) -> Iterator[Config]:
        config = Config(ROOT / "alembic.ini", stdout=self.output)
        with unpooled_engine(self.database) as engine:
            config.attributes["connection"] = engine
            config.attributes[gate_overrides.ATTRIBUTE] = ACCEPTING
            yield config


@dataclass(frozen=True)
class Outcome:
    """The exit code and the output of a program."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    def succeeded(self) -> "Outcome":
        """Return the outcome if the exit code is 0; otherwise fail with the output."""
        assert self.code == 0, self.text
        return self


@dataclass(frozen=True)
class Programs:
    """``monps-db`` and ``alembic``, run in a folder with an environment, as users do.

    The folder is a separate project with the real revisions, so that no ``.env`` of the developer
    is found.
    """

    folder: Path
    environ: Mapping[str, str]

    def monps_db(self, *arguments: str, **environ: str) -> Outcome:
        return self.run("monps-db", *arguments, **environ)

    def alembic(self, *arguments: str, **environ: str) -> Outcome:
        return self.run("alembic", "-c", str(ROOT / "alembic.ini"), *arguments, **environ)

    def run(self, program: str, *arguments: str, **environ: str) -> Outcome:
        return self._done(self.command(program, *arguments), **environ)

    def shell(self, script: str, **environ: str) -> Outcome:
        return self._done(["bash", "-c", script], **environ)

    def _done(self, command: list[str], **environ: str) -> Outcome:
        environment = self.environment(**environ)
        if forked_programs.can_run(command, environment):
            done = forked_programs.forks().run(command, environment, self.folder)
        else:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def start(
        self,
        program: str,
        *arguments: str,
        stdout: Any = subprocess.PIPE,
        stderr: Any = subprocess.PIPE,
        **environ: str,
    ) -> subprocess.Popen[str]:
        """Start a program without waiting for its end."""
        return subprocess.Popen(
            self.command(program, *arguments),
            cwd=self.folder,
            env=self.environment(**environ),
            stdout=stdout,
            stderr=stderr,
            text=True,
        )

    def on_terminal(self, program: str, *arguments: str) -> Outcome:
        """Run a program whose stderr is a terminal; ``err`` is the text on it."""
        controller, terminal = open_terminal(120)
        process = self.start(program, *arguments, stderr=terminal, TERM="xterm")
        seen = read_terminal(controller, terminal)
        out, _ = process.communicate(timeout=60)
        return Outcome(process.returncode, out, seen)

    def lines_on_terminal(self, width: int, program: str, *arguments: str) -> list[str]:
        """Return the lines, without colours, that a terminal of a given width shows."""
        controller, terminal = open_terminal(width)
        process = self.start(program, *arguments, stdout=terminal, stderr=terminal, TERM="xterm")
        seen = read_terminal(controller, terminal)
        assert process.wait(60) == 0, seen
        return re.sub(r"\x1b\[[0-9;]*m", "", seen).replace("\r\n", "\n").splitlines()

    def command(self, program: str, *arguments: str) -> list[str]:
        return [str(Path(sys.executable).with_name(program)), *arguments]

    def environment(self, **environ: str) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        coverage = {name: os.environ[name] for name in os.environ if name.startswith("COV")}
        return {**inherited, **coverage, "LC_ALL": "C.UTF-8", **self.environ, **environ}


CONFIGURATION: Final = """[tool.schemaproof]
managed-schemas = ["quantum"]
lint-enable = ["application-import", "data-loss-undeclared"]
ledger-table = "public.monps_migration_ledger"
prefix = "monps"
"""
"""What a project of a test's own that holds our tables says of itself."""


def make_workspace(folder: Path) -> Path:
    """Make a project in a folder that uses the real revisions."""
    (folder / "pyproject.toml").write_text(
        f'{CONFIGURATION}script-location = "{PROJECT.script_location}"\n', "utf-8"
    )
    return folder
