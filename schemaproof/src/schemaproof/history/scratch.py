"""Scratch databases of a project, with what is there before its first revision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from schemaproof.errors import ConfigurationError
from schemaproof.history.alembic_options import script_folders
from schemaproof.history.replay import first_line
from schemaproof.project import Project
from schemaproof.scratch.choice import created_extensions
from schemaproof.scratch.scratch import scratch_database


@contextmanager
def project_scratch(project: Project) -> Iterator[Connection]:
    """Connect to a new scratch database, after the project's ``scratch-sql`` has run in it.

    Raises:
        ConfigurationError: That file cannot be read, or its SQL fails.
        LocalServerError: There is no server for it.
    """
    with (
        scratch_database(project, _extensions(project)) as engine,
        engine.connect() as connection,
    ):
        if project.scratch_sql is not None:
            try:
                statements = project.scratch_sql.read_text("utf-8")
                # Without parameters the driver leaves a % alone, and takes several statements.
                connection.exec_driver_sql(
                    statements, execution_options={"no_parameters": True}
                ).close()
                connection.commit()
            except (OSError, UnicodeDecodeError, SQLAlchemyError) as error:
                raise ConfigurationError(
                    f"{project.scratch_sql} cannot be run in a scratch database:"
                    f" {first_line(error)}",
                    remedy="correct it, or scratch-sql in [tool.schemaproof]",
                ) from error
        yield connection


def _extensions(project: Project) -> frozenset[str]:
    """Return the extensions that the files of the history create, as far as their texts say so."""
    files = [one for folder in script_folders(project) for one in folder.rglob("*.py")]
    if project.scratch_sql is not None:
        files.append(project.scratch_sql)
    return created_extensions(one.read_text("utf-8", "replace") for one in files if one.is_file())
