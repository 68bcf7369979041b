"""Read the content of a database, to compare it with a later state."""

from schemaproof.catalog.catalog import read_snapshot, reading
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.project import PROJECT, unpooled_engine
from schemaproof_testing.servers import Database


def contents(database: Database) -> Snapshot:
    """Return everything in the schemas that the project reads."""
    with unpooled_engine(database) as engine, engine.connect() as connection, reading(connection):
        return read_snapshot(connection, PROJECT.scratch_scope())
