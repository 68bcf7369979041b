"""The connection that migrates: of the caller, or to the target."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeAlias

from sqlalchemy import Connection, Engine

from schemaproof.connection import own_settings, session_limits
from schemaproof.connection.target import Target
from schemaproof.migrate import client_check, connection_slot, offline_script, tenant_schema
from schemaproof.migrate.given_target import GivenTarget

Given: TypeAlias = Engine | Connection | None
"""The engine or connection that the caller hands over; None to connect to the target."""


@contextmanager
def connected(given: Given, target: Target, say: Callable[[str], None]) -> Iterator[Connection]:
    """Return the caller's connection, or connect to the target.

    Args:
        given: The engine or connection that the caller passed; None to connect ourselves.
        target: The project and its database.
        say: The function that receives messages about waiting.
    """
    tenant = target.tenant if isinstance(target, GivenTarget) else None
    own_path = offline_script.PATH_OF_REVISIONS if given is None else None
    with (
        _opened(given, target, say) as connection,
        _limited(connection, target),
        tenant_schema.entered(connection, tenant) as path,
        own_settings.ours(connection, search_path=path or own_path),
    ):
        if given is None:
            client_check.end_with_client(connection)
        yield connection


def _opened(
    given: Given, target: Target, say: Callable[[str], None]
) -> AbstractContextManager[Connection]:
    if given is None:
        return connection_slot.connect(target.migration_engine(), target.settings(), say)
    return nullcontext(given) if isinstance(given, Connection) else given.connect()


def _limited(connection: Connection, target: Target) -> AbstractContextManager[None]:
    """Set the time-outs on a connection of the caller."""
    if not isinstance(target, GivenTarget):
        # The connection was opened with its limits.
        return nullcontext()
    return session_limits.held(connection, target.migration_settings().limits)
