"""The objects that the first revision expects, where the history does not start empty."""

from schemaproof.connection.raw_sql import rolled_back, rows
from schemaproof.errors import ConfigurationError
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import Scratch, run_file
from schemaproof.sql import quoting


def make(probe: ProjectProbe, database: Scratch) -> tuple[str, ...]:
    """Make the starting point of a project in an empty scratch database.

    Returns:
        The revisions that the database is stamped with then; empty when it has none.

    Raises:
        ConfigurationError: The file or the function that makes the starting point cannot be found,
            or fails.
    """
    start = probe.project.start
    if start is None:
        return ()
    file = probe.project.root / start
    if file.is_file():
        run_file(database.place, file, "start")
    elif ":" in start:
        probe.start(database, start)
    else:
        raise ConfigurationError(
            f"{file} is not a file",
            remedy="name a function as module:name, or a file of SQL: start in [tool.schemaproof]",
        )
    table = quoting.name(*probe.version_table)
    with rolled_back(database.connection):
        [there] = rows(database.connection, "SELECT to_regclass(%(name)s) AS oid", {"name": table})
        if there["oid"] is None:
            return ()
        stamped = rows(database.connection, f"SELECT version_num FROM {table}")  # noqa: S608
    return tuple(str(row["version_num"]) for row in stamped)
