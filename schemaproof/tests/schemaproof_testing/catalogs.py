"""What a database contains, for comparing it with itself at another time."""

from schemaproof.catalog.catalog import read_snapshot, reading
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.project import PROJECT, unpooled_engine
from schemaproof_testing.servers import Database


def contents(database: Database) -> Snapshot:
    """Everything in the schemas that the project looks at."""
    with unpooled_engine(database) as engine, engine.connect() as connection, reading(connection):
        return read_snapshot(connection, PROJECT.scratch_scope())
