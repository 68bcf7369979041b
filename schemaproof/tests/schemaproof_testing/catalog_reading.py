"""Read the database of a test with the catalog reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, text

from schemaproof.catalog.catalog import read_snapshot, reading
from schemaproof.schema.database_objects import (
    Column,
    Constraint,
    Index,
    Relation,
    Sequence,
    Snapshot,
)
from schemaproof.schema.scope import Scope
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database

SCOPE: Final = Scope(managed=("q",), shared=("public",))


@contextmanager
def connected(database: Database) -> Iterator[Connection]:
    with unpooled_engine(database) as engine, engine.connect() as connection:
        yield connection


def live_snapshot(database: Database, scope: Scope = SCOPE) -> Snapshot:
    with connected(database) as connection, reading(connection):
        return read_snapshot(connection, scope)


def snapshot_after(database: Database, *statements: str) -> Snapshot:
    """Create the schema ``q`` by these statements, and read it."""
    database.execute_each("CREATE SCHEMA q", *statements)
    return live_snapshot(database)


def show(connection: Connection, setting: str) -> str:
    return str(connection.execute(text(f"SHOW {setting}")).scalar_one())


def relation(snapshot: Snapshot, name: str, schema: str = "q") -> Relation:
    relations = {
        (found.name, one.name): one for found in snapshot.schemas for one in found.relations
    }
    return relations[schema, name]


def columns(snapshot: Snapshot, name: str = "t") -> dict[str, Column]:
    return {column.name: column for column in relation(snapshot, name).columns}


def constraints(snapshot: Snapshot, name: str = "t") -> dict[str, Constraint]:
    return {constraint.name: constraint for constraint in relation(snapshot, name).constraints}


def indexes(snapshot: Snapshot, name: str = "t") -> dict[str, Index]:
    return {index.name: index for index in relation(snapshot, name).indexes}


def sequences(snapshot: Snapshot) -> dict[str, Sequence]:
    return {one.name: one for schema in snapshot.schemas for one in schema.sequences}
