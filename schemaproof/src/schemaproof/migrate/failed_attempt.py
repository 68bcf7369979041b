"""Record a failed attempt in the ledger."""

from contextlib import ExitStack, suppress

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from schemaproof.connection import own_settings
from schemaproof.connection.diagnostics import read_sqlstate
from schemaproof.connection.driver_errors import retold
from schemaproof.errors import SchemaproofError
from schemaproof.migrate import ledger_writer
from schemaproof.migrate.ledger_row import Row
from schemaproof.schema.scope import Scope


def record(connection: Connection, scope: Scope, row: Row, failure: BaseException) -> None:
    """Record a failed attempt in a separate transaction; by another session if this one is lost.

    If recording fails, nothing is raised, because the user has to see why the attempt failed.
    """
    with suppress(SQLAlchemyError, SchemaproofError):
        connection.rollback()
        with ExitStack() as stack:
            session = connection
            if connection.invalidated:
                session = stack.enter_context(connection.engine.connect())
                stack.enter_context(own_settings.ours(session))
            stack.enter_context(session.begin())
            ledger_writer.record_failure(
                session, scope, row, retold(failure), read_sqlstate(failure)
            )
