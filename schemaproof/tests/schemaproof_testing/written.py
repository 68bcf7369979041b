"""A project whose models change, and the revisions written for the changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from schemaproof.connection.raw_sql import rows
from schemaproof.history import record, replay, write_revision
from schemaproof.history.history import load_history, read_revisions
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.revision_request import RevisionOptions, Written
from schemaproof.history.scratch import Scratch
from schemaproof.lint import linting
from schemaproof.lint.revisions import LintedRevision, load, project_printer
from schemaproof.project import Project
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing import probed
from schemaproof_testing.probed import Probed
from schemaproof_testing.servers import Database, create_database, short_folder

HEAD = """
from enum import Enum as PythonEnum
from typing import Any, Optional
import sqlalchemy as sa
from sqlalchemy import *
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import declarative_base

Base = declarative_base()
"""
TEMPLATE = '''"""${message}"""
import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


@dataclass(frozen=True)
class WrittenProject:
    """A project in a folder, at first without revisions."""

    project: Project
    files: Probed

    def models(self, text: str) -> None:
        """Replace the models; the common imports are added."""
        self.files.write("models.py", HEAD + text)

    def write(self, **options: Any) -> Written:
        """Write a revision for the present models."""
        return write_revision.write_revision(
            self.project, RevisionOptions(message="change", **options)
        )

    def linted(self, written: Written) -> list[LintedRevision]:
        """Return written revisions as the linter loads them."""
        ids = [path.stem for path in written.snapshots]
        return list(load(load_history(self.project), ids, project_printer(self.project)))

    def lint(self, written: Written) -> list[str]:
        """Return the linter's problems in written revisions."""
        found = linting.lint(self.linted(written), linting.left_out(self.project.lint_options))
        return [f"{one.path.name}:{one.line} {one.rule}: {one.message}" for one in found]

    def record(self) -> None:
        """Record the snapshots of all revisions."""
        with ProjectProbe(self.project) as probe:
            states = replay.replayed(probe, read_revisions(self.project, probe))
        record.write(self.project.snapshot_folder, states)

    def with_(self, **changed: Any) -> WrittenProject:
        return replace(self, project=replace(self.project, **changed))


@contextmanager
def opened(server: LocalServer) -> Iterator[WrittenProject]:
    """Make a project in its own folder, with scratch databases on a server."""
    with (
        short_folder() as folder,
        create_database(server) as database,
    ):
        yield make(folder, database)


def make(folder: Path, database: Database, env: str = probed.SYNC) -> WrittenProject:
    """Make a project, with scratch databases on the server of a database."""
    files = Probed(
        folder, env.replace("configure(", "configure(transaction_per_migration=True, ")
    ).make()
    for old in (folder / "alembic" / "versions").glob("*.py"):
        old.unlink()
    files.write("alembic/script.py.mako", TEMPLATE)
    url = database.superuser_url.render_as_string(hide_password=False)
    project = Project(
        root=folder,
        script_location=folder / "alembic",
        metadata=("models:Base.metadata",),
        scratch_url=lambda: url,
    )
    return WrittenProject(project, files)


class Change(NamedTuple):
    """The revisions that were written for a project."""

    project: WrittenProject
    made: Written


def run_sql(there: Scratch, sql: str) -> list[dict[str, Any]]:
    """Execute a statement in a scratch database, commit it, and return its rows."""
    found = rows(there.connection, sql)
    there.connection.commit()
    return found
