"""A migrated database, and the programs on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.project import CONFIGURATION, PROJECT, Alembic, Programs, make_workspace
from tests.servers import Database


@pytest.fixture
def migrated(database: Database) -> Database:
    """A database at head."""
    Alembic(database).upgrade()
    return database


@pytest.fixture
def programs(database: Database, tmp_path: Path) -> Programs:
    """The programs in an empty folder, with settings for the test's database."""
    scratch = database.superuser_url.render_as_string(hide_password=False)
    return Programs(make_workspace(tmp_path), {**database.environ(), "DB_SCRATCH_URL": scratch})


@pytest.fixture
def own_history(programs: Programs) -> Path:
    """A copy of the project for the programs to use, and for the test to damage."""
    copy = programs.folder / "migrations"
    shutil.copytree(PROJECT.script_location, copy)
    shutil.copytree(PROJECT.root / "models", programs.folder / "models")
    shutil.copy(PROJECT.alembic_ini, programs.folder)
    (programs.folder / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    return copy
