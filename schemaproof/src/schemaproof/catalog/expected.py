"""Models → snapshot, by letting PostgreSQL create them; and a fingerprint that tells when to."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, MetaData, create_mock_engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import CreateSchema, ExecutableDDLElement

from schemaproof.catalog.canonical_text import read_canonical_snapshot
from schemaproof.catalog.catalog import inside_transaction
from schemaproof.connection.diagnostics import NO_SUCH_SCHEMA, sqlstate_of
from schemaproof.schema.scope import Scope
from schemaproof.schema.shapes import Snapshot


def materialise(connection: Connection, metadata: MetaData, scope: Scope) -> Snapshot:
    """Create the metadata in an empty scratch database, read it back, and undo it.

    Schemas that the metadata takes for granted are created for it.
    """
    with inside_transaction(connection):
        try:
            with connection.begin_nested():
                metadata.create_all(connection)
        except ProgrammingError as error:
            if sqlstate_of(error) != NO_SUCH_SCHEMA:
                raise
            for schema in {table.schema for table in metadata.tables.values() if table.schema}:
                connection.execute(CreateSchema(schema, if_not_exists=True))
            metadata.create_all(connection)
        return read_canonical_snapshot(connection, scope)


def fingerprint(metadata: MetaData) -> str:
    """Return a digest of the DDL that the metadata asks for.

    Equal fingerprints mean equal schemas. Different ones mean little (another version of SQLAlchemy
    may write the same thing otherwise): then the schemas themselves have to be compared.
    """
    statements: list[str] = []

    def record(statement: ExecutableDDLElement, *_: Any, **__: Any) -> None:
        statements.append(str(statement.compile(dialect=engine.dialect)).strip())

    engine = create_mock_engine("postgresql+psycopg2://", record)
    metadata.create_all(engine, checkfirst=False)
    # Sorted, because the order of indexes and of independent tables means nothing.
    text = "\n".join(sorted(statements))
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"
