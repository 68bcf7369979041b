"""The version table as the project's own Alembic, and then its revisions, make it.

What ``env.py`` asks for is asked of Alembic itself, in offline mode, in which nothing is connected
to; what revisions make of it is seen in a scratch database.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from schemaproof.connection.raw_sql import rows
from schemaproof.errors import SchemaproofError
from schemaproof.history.alembic_scripts import alembic_config
from schemaproof.history.scopes import SCRATCH_VERSION_TABLE
from schemaproof.project import Project

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Connection, Table


@dataclass(frozen=True, slots=True)
class VersionTableForm:
    """What may differ from project to project.

    Attributes:
        type: Of ``version_num``.
        type_modifier: Of ``version_num``.
        has_key: Whether there is a primary key.
    """

    type: str = "character varying"
    type_modifier: str | None = "(32)"
    has_key: bool = True


USUAL: Final = VersionTableForm()
_READ: Final = """
SELECT
    pg_catalog.format_type(a.atttypid, NULL) AS type,
    pg_catalog.substring(pg_catalog.format_type(a.atttypid, a.atttypmod), '[(].*') AS type_modifier,
    EXISTS (
        SELECT FROM pg_catalog.pg_constraint AS c WHERE c.conrelid = a.attrelid AND c.contype = 'p'
    ) AS has_key
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = CAST(%(name)s AS regclass) AND a.attname = 'version_num'
"""


def read_form(project: Project) -> VersionTableForm:
    """Return the table as it is made; the usual one where that cannot be seen."""
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.schema import CreateTable

    from schemaproof.history.alembic_scripts import script_directory
    from schemaproof.history.metadata import load_metadata
    from schemaproof.history.replay import upgrade_scratch
    from schemaproof.history.scratch import project_scratch

    table = _configured(project)
    if table is None:
        return USUAL
    try:
        with project_scratch(project) as connection:
            connection.execute(CreateTable(table))
            connection.commit()
            upgrade_scratch(connection, script_directory(project), load_metadata(project))
            return _read(connection)
    except (SchemaproofError, SQLAlchemyError):
        return USUAL


def _configured(project: Project) -> Table | None:
    """Have Alembic run ``env.py`` for a script without revisions, and look at its context."""
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import MetaData

    config = alembic_config(project)
    config.stdout = config.output_buffer = io.StringIO()
    script = ScriptDirectory.from_config(config)
    seen: list[MigrationContext] = []

    def nothing(_revision: object, context: MigrationContext) -> list[Any]:
        seen.append(context)
        return []

    try:
        with EnvironmentContext(
            config, script, fn=nothing, as_sql=True, starting_rev=None, destination_rev="heads"
        ):
            script.run_env()
    except Exception:  # noqa: BLE001 - it is the project's own program, and may fail for any reason
        return None
    if not seen:
        return None
    schema, name = SCRATCH_VERSION_TABLE
    return seen[0]._version.to_metadata(MetaData(), schema=schema, name=name)  # noqa: SLF001


def _read(connection: Connection) -> VersionTableForm:
    (found,) = rows(connection, _READ, {"name": ".".join(SCRATCH_VERSION_TABLE)})
    return VersionTableForm(**found)
