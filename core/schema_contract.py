"""Check that the database has the schema of the installed models.

`monps-db snapshot` records, beside the snapshot of the head revision, the fingerprint of the models
that declare this schema. So the record names the revision that the models need, and the version
table names the revision of the database. The record is a data file of the installed package; no
revision is imported.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.errors import HistoryError, SchemaMismatchError
from core.project import find_project
from core.setting_variables import PROGRAM, VARIABLES
from schemaproof import (
    SEARCH_PATH_FOR_TRANSACTION,
    called,
    inspect_tables,
    refuse_unsafe,
    translate_driver_error,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    from core.config import DatabaseSettings
    from schemaproof import Project


@dataclass(frozen=True, slots=True)
class Contract:
    """The recorded contract of the models.

    Attributes:
        revision: The revision that the models need.
        models: The fingerprint of the models.
        known: All revisions that were recorded.
    """

    revision: str
    models: str
    known: frozenset[str]

    def check(self, applied: Sequence[str]) -> None:
        """Compare the required revision with the rows of ``alembic_version``.

        Raises:
            SchemaMismatchError: The database is at another revision, at several, or at none.
        """
        if tuple(applied) == (self.revision,):
            return
        remedy = "alembic upgrade head"
        if not applied:
            found = "at none"
        elif len(applied) > 1:
            found, remedy = f"at {' and '.join(applied)}", "monps-db check shows the differences"
        else:
            found = f"at {applied[0]}"
            if applied[0] not in self.known:
                found += ", which is not known here"
                remedy = "install the release that belongs to the database"
        raise SchemaMismatchError(
            f"the models need revision {self.revision}, and the database is {found}", remedy=remedy
        )


def require(engine: Engine, settings: DatabaseSettings) -> None:
    """Make sure that a database has the schema of the models; see ``core.database``."""
    project = find_project()
    contract = read_contract(project)
    try:
        with engine.connect() as connection:
            applied = _applied(project, connection)
    except SQLAlchemyError as error:
        raise translate_driver_error(error, settings) from error
    contract.check(applied)


async def require_async(engine: AsyncEngine, settings: DatabaseSettings) -> None:
    """Make sure that a database has the schema of the models; see ``core.database``."""
    project = find_project()
    contract = read_contract(project)
    try:
        async with engine.connect() as connection:
            applied = await connection.run_sync(partial(_applied, project))
    except (SQLAlchemyError, OSError) as error:  # asyncpg raises OSError when it reaches no server.
        raise translate_driver_error(error, settings) from error
    contract.check(applied)


def _applied(project: Project, connection: Connection) -> Sequence[str]:
    connection.execute(text(SEARCH_PATH_FOR_TRANSACTION))
    found = inspect_tables(connection, project.scope, {project.version_table})
    with called(PROGRAM, VARIABLES):
        refuse_unsafe(found)
    if (table := found.get(project.version_table)) is None:
        return ()
    sql = f"SELECT version_num FROM {table.quoted} ORDER BY version_num"  # noqa: S608 - by the server
    return connection.scalars(text(sql)).all()


def read_contract(project: Project) -> Contract:
    """Read the recorded contract of a project's models.

    Raises:
        HistoryError: No contract was recorded, or it cannot be read.
    """
    recorded = dict(_read(path) for path in sorted(project.snapshot_folder.glob("*.json")))
    current = {revision: models for revision, models in recorded.items() if models is not None}
    if len(current) != 1:
        raise HistoryError(
            f"{len(current)} snapshots record the fingerprint of the models, and not one",
            remedy="run in the project's folder: monps-db snapshot",
        )
    ((revision, models),) = current.items()
    return Contract(revision, models, known=frozenset(recorded))


def _read(path: Path) -> tuple[str, str | None]:
    try:
        content = json.loads(path.read_text("utf-8"))
        return str(content["revision"]), content["models"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HistoryError(
            f"{path.name} is not a whole snapshot", remedy="install the package again"
        ) from error
