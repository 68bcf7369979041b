"""A project for tests of ``schemaproof watch``."""

from pathlib import Path
from typing import Final

from schemaproof_testing.other_project import FIRST, OtherProject, make_project
from schemaproof_testing.servers import Database

NO_SETTINGS: Final = dict.fromkeys(("DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME"), "")


def password_url(database: Database) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def project_at(folder: Path, database: Database) -> OtherProject:
    """Make a project with one revision, recorded and applied."""
    project = make_project(folder, database)
    project.revision("a1", None, FIRST)
    project.alembic("upgrade", "head")
    project.programs.run("schemaproof", "snapshot", **NO_SETTINGS).succeeded()
    return project
