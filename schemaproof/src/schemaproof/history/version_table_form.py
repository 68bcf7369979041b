"""The version table as the project's own Alembic and its revisions create it.

The table is read in a scratch database that is upgraded through ``env.py``.
"""

from dataclasses import dataclass
from typing import Final

from schemaproof.connection.raw_sql import rolled_back, rows
from schemaproof.project import Project
from schemaproof.schema.paths import path


@dataclass(frozen=True, slots=True)
class VersionTableForm:
    """The parts of the version table that differ between projects.

    Attributes:
        type: The type of ``version_num``.
        type_modifier: The type modifier of ``version_num``.
        key: The name of the primary key, in which ``{table}`` is the table's; None without one.
    """

    type: str = "character varying"
    type_modifier: str | None = "(32)"
    key: str | None = "{table}_pkc"  # Alembic names it so.


USUAL: Final = VersionTableForm()
_READ: Final = """
SELECT
    pg_catalog.format_type(a.atttypid, NULL) AS type,
    pg_catalog.substring(pg_catalog.format_type(a.atttypid, a.atttypmod), '[(].*') AS type_modifier,
    (
        SELECT c.conname FROM pg_catalog.pg_constraint AS c
        WHERE c.conrelid = a.attrelid AND c.contype = 'p'
    ) AS key
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = CAST(%(name)s AS regclass) AND a.attname = 'version_num'
"""


def read_form(project: Project) -> VersionTableForm:
    """Return the form of the table that the history creates; the usual form if it creates none.

    Raises:
        SchemaproofError: The form cannot be determined, because there is no scratch database or a
            revision fails.
    """
    from schemaproof.history import starting_point
    from schemaproof.history.project_probe import ProjectProbe
    from schemaproof.history.scratch import project_scratch

    with ProjectProbe(project) as probe, project_scratch(project) as scratch:
        starting_point.make(probe, scratch)
        probe.upgrade(scratch, next(iter(project.target), "heads"))
        with rolled_back(scratch.connection):
            found = rows(scratch.connection, _READ, {"name": path(*probe.version_table)})
        name = probe.version_table[1]
    if not found:
        return USUAL
    return VersionTableForm(**{**found[0], "key": pattern(found[0]["key"], name)})


def pattern(key: str | None, table: str) -> str | None:
    """Return the name of a key, with ``{table}`` in place of the name of the table."""
    return USUAL.key if key == f"{table}_pkc" else key
