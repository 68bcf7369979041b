"""Projects that the benchmark migrates: Mon_PS, the zoo, or any other project."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from schemaproof.project import Project
from schemaproof.project_file import find_project
from schemaproof_testing.servers import Database

ROOT = Path(__file__).parents[2]
ZOO = Path(__file__).parent / "zoo"


@dataclass(frozen=True)
class Subject:
    """A project in a folder, and its name in the report."""

    name: str
    folder: Path

    @property
    def project(self) -> Project:
        return find_project(self.folder)

    def config(self) -> Config:
        return Config(self.folder / "alembic.ini", stdout=io.StringIO())


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Work in a project's folder, with its modules on the import path."""
    before = Path.cwd()
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        os.chdir(before)


def own_project() -> Subject:
    return Subject("own", ROOT)


def zoo_project(folder: Path) -> Subject:
    """Copy the zoo into an empty folder, so that its snapshots can be recorded there."""
    shutil.copytree(ZOO, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__*__*"))
    return Subject("zoo", folder)


def migrate(subject: Subject, database: Database) -> None:
    """Apply all revisions."""
    config = subject.config()
    engine = create_engine(database.url, poolclass=NullPool)
    config.attributes["connection"] = engine
    with importable(subject.folder):
        command.upgrade(config, "head")
    engine.dispose()


def record(subject: Subject, environ: Mapping[str, str]) -> None:
    """Record the snapshots of a project that has none, with ``monps-db snapshot``.

    Raises:
        SystemExit: The program fails.
    """
    if any((subject.project.script_location / "snapshots").glob("*.json")):
        return
    done = subprocess.run(
        [Path(sys.executable).with_name("monps-db"), "snapshot"],
        cwd=subject.folder,
        env={**os.environ, **environ, "PYTHONPATH": str(subject.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{subject.name}: the snapshots cannot be recorded: {done.stderr.strip()}")
