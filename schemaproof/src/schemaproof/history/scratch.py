"""Scratch databases of a project, prepared for its first revision."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg2

from schemaproof.connection.raw_sql import DriverConnection, rows
from schemaproof.errors import ConfigurationError
from schemaproof.history.alembic_options import script_folders
from schemaproof.project import Project
from schemaproof.schema.database_objects import Snapshot
from schemaproof.scratch.choice import created_extensions
from schemaproof.scratch.database_address import DatabaseAddress
from schemaproof.scratch.scratch import copied_database, scratch_database

_GUARD: Final = re.compile(r"(?m)^\\(?:un)?restrict .*$")


@dataclass(slots=True, eq=False)
class Scratch:
    """A scratch database with a connection to it.

    Attributes:
        place: The address of the database.
        last_read: The schema of the database when it was last read; None before that.
    """

    place: DatabaseAddress
    last_read: Snapshot | None = None
    _connection: DriverConnection | None = None

    @property
    def connection(self) -> DriverConnection:
        """The connection to the scratch database, outside a transaction."""
        if self._connection is None:
            self._connection = self.place.connect()
        return self._connection

    def close(self) -> None:
        """Close the connection; the next use connects again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def project_scratch(project: Project) -> Iterator[Scratch]:
    """Connect to a new scratch database, after the project's ``scratch-sql`` has run in it.

    Raises:
        ConfigurationError: The file of ``scratch-sql`` cannot be read, or its SQL fails.
        LocalServerError: There is no server for scratch databases.
    """
    first, extensions = project.scratch_sql, _extensions(project)
    with (
        scratch_database(project, extensions) as place,
        closing(Scratch(place)) as database,
    ):
        if first is not None:
            run_file(place, first, "scratch-sql")
        yield database


@contextmanager
def copied(database: Scratch) -> Iterator[Scratch]:
    """Copy a scratch database; the copy is dropped at the end of the block.

    Raises:
        LocalServerError: The server refuses to copy the database.
    """
    database.close()  # PostgreSQL does not copy a database that has connections.
    with (
        copied_database(database.place) as place,
        closing(Scratch(place, database.last_read)) as copy,
    ):
        yield copy


def run_file(place: DatabaseAddress, file: Path, key: str) -> None:
    """Run a file of SQL in a scratch database; the file may come from ``pg_dump --inserts``.

    The file has a connection of its own, so its settings (pg_dump empties search_path) do not stay.

    Args:
        place: The database.
        file: The file.
        key: The key of ``[tool.schemaproof]`` that names the file.

    Raises:
        ConfigurationError: The file cannot be read, or its SQL fails.
    """
    try:
        # Since 2025, pg_dump writes commands of psql around its scripts, which the server does not
        # know.
        text = _GUARD.sub("", file.read_text("utf-8"))
        with closing(place.connect()) as connection:
            # Without parameters, the driver does not interpret % and accepts several statements.
            rows(connection, text)
            connection.commit()
    except (OSError, UnicodeDecodeError, psycopg2.Error) as error:
        raise ConfigurationError(
            f"{file} cannot be run in a scratch database: {str(error).strip().splitlines()[0]}",
            remedy=f"correct it, or {key} in [tool.schemaproof]; pg_dump writes what can be run"
            " with --schema-only or --inserts",
        ) from error


def _extensions(project: Project) -> frozenset[str]:
    """Return the extensions that the files of the history create, as far as their text shows."""
    files = [one for folder in script_folders(project) for one in folder.rglob("*.py")]
    if project.scratch_sql is not None:
        files.append(project.scratch_sql)
    return created_extensions(one.read_text("utf-8", "replace") for one in files if one.is_file())
