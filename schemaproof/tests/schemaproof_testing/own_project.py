"""A project for one test: short revisions, with their snapshots."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, NullPool, create_engine

from schemaproof.history import record, replay
from schemaproof.history.history import read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.migrate.gate_overrides import ATTRIBUTE
from schemaproof.project import Project
from schemaproof.project_file import find_project
from schemaproof_testing.alembic_scripts import alembic_config
from schemaproof_testing.project import ACCEPTING, PROJECT, Outcome, Programs
from schemaproof_testing.project import CONFIGURATION as OURS
from schemaproof_testing.servers import Database

REVISION = """
from alembic import op

revision = "{revision}"
down_revision = {down_revision!r}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
"""


# These rules are off, so that the revisions of tests can be short.
CONFIGURATION = f"""{OURS}lint-ignore = [
    "downgrade-missing", "autocommit-not-alone", "application-import", "sql-unknown",
]
"""


@dataclass
class OwnProject:
    """A project whose revisions are named r1, r2, ... and follow each other."""

    folder: Path
    count: int = 0
    output: io.StringIO = field(default_factory=io.StringIO)

    def add(self, upgrade: str, downgrade: str = "pass") -> str:
        """Add a revision from Python statements for upgrade and downgrade; ``op`` is Alembic's."""
        before = f"r{self.count}" if self.count else None
        self.count += 1
        name = f"r{self.count}"
        path = self.folder / "migrations" / "versions" / f"{name}.py"
        text = REVISION.format(
            revision=name, down_revision=before, upgrade=upgrade, downgrade=downgrade
        )
        path.write_text(text, "utf-8")
        return name

    def record(self) -> None:
        """Record the snapshots."""
        project = self.project
        with ProjectProbe(project) as probe:
            replayed = replay.replayed(probe, read_revisions(project, probe))
        record.write(project.snapshot_folder, replayed)

    @property
    def project(self) -> Project:
        return find_project(self.folder)

    @property
    def ini(self) -> Path:
        return self.folder / "alembic.ini"

    @property
    def printed(self) -> str:
        return self.output.getvalue()

    def upgrade(self, database: Database, revision: str = "head", /, **attributes: Any) -> None:
        with self._config(database, attributes) as config:
            command.upgrade(config, revision)

    def downgrade(self, database: Database, revision: str, /, **attributes: Any) -> None:
        with self._config(database, attributes) as config:
            command.downgrade(config, revision)

    def stamp(self, database: Database, revision: str) -> None:
        with self._config(database, {}) as config:
            command.stamp(config, revision)

    @contextmanager
    def _config(self, database: Database, attributes: dict[str, Any]) -> Iterator[Config]:
        config = alembic_config(self.project)
        config.stdout = self.output
        engine = impatient_engine(database)
        config.attributes.update({"connection": engine, ATTRIBUTE: ACCEPTING, **attributes})
        yield config
        engine.dispose()


def impatient_engine(database: Database) -> Engine:
    """Return an engine like the runner's, with a short lock time-out."""
    options = {"options": "-c lock_timeout=100 -c search_path=public"}
    return create_engine(database.url, poolclass=NullPool, connect_args=options)


def make_own_project(folder: Path) -> OwnProject:
    """Make an empty project in a folder."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    shutil.copy(PROJECT.script_location / "env.py", folder / "migrations")
    shutil.copy(PROJECT.script_location / "script.py.mako", folder / "migrations")
    (folder / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    (folder / "alembic.ini").write_text(
        "[alembic]\nscript_location = %(here)s/migrations\npath_separator = os\n", "utf-8"
    )
    return OwnProject(folder)


@pytest.fixture
def own_project(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnProject:
    """An empty project; its scratch databases are on the test's server."""
    monkeypatch.setenv(
        "DB_SCRATCH_URL", database.superuser_url.render_as_string(hide_password=False)
    )
    monkeypatch.setenv("MIGRATION_LOCK_TIMEOUT", "100ms")
    return make_own_project(tmp_path / "own")


def run_beside_scratch(project: OwnProject, database: Database, *arguments: str) -> Outcome:
    """Run ``monps-db`` in a project, with scratch databases on the server of its database."""
    scratch = database.superuser_url.render_as_string(hide_password=False)
    programs = Programs(project.folder, {**database.environ(), "DB_SCRATCH_URL": scratch})
    return programs.monps_db(*arguments)
