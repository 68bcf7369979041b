"""What most commands start with: the project, its history, a connection to its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core import config as settings_module
from core import database
from core.interrupt import interruptible
from core.project import Project


def script_directory(project: Project) -> ScriptDirectory:
    """Return the project's revisions."""
    config = Config()
    config.set_main_option("script_location", str(project.script_location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


@contextmanager
def connected() -> Iterator[Connection]:
    """Connect to the database that the settings name; Ctrl-C ends any waiting."""
    engine = database.create_migration_engine(settings_module.get_settings())
    with interruptible(), engine.connect() as connection:
        yield connection
