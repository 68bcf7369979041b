"""The target of a command, and a connection to its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING

import click

from schemaproof.connection.interrupt import interruptible

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from schemaproof.connection.raw_sql import AnyConnection, DriverConnection
    from schemaproof.connection.target import Target
    from schemaproof.project import Project


def target() -> Target:
    """Return the target of the running command: the object of its context."""
    found: Target = click.get_current_context().obj
    return found


def project(tenant: str | None = None) -> Project:
    """Find the project of the working directory, adapted to a tenant when one is named."""
    found = target().project()
    return found if tenant is None else found.for_tenant(tenant)


@contextmanager
def connected() -> Iterator[Connection]:
    """Connect to the target's database; Ctrl-C interrupts every wait."""
    from schemaproof.connection import own_settings
    from schemaproof.connection.session_limits import hold_for_session

    engine = target().migration_engine()
    with interruptible(), engine.connect() as connection:
        # A SET in each transaction would begin that transaction, so the limits are set for the
        # session.
        hold_for_session(connection)
        with own_settings.ours(connection):
            yield connection


@contextmanager
def driver_connection(*, copies: bool = False) -> Iterator[DriverConnection]:
    """Connect by the driver alone, for operations that SQLAlchemy's connection does not have.

    Args:
        copies: Whether the connection is for COPY, which psycopg2 cannot interrupt while the server
            is silent.
    """
    waiting = nullcontext() if copies else interruptible()
    with waiting, closing(target().connect_to_read()) as connection:
        yield connection


@contextmanager
def connected_to_read() -> Iterator[AnyConnection]:
    """Connect as :func:`connected` does, but without SQLAlchemy, whose import is slow.

    If statements are to be logged, the connection is SQLAlchemy's, which logs them.
    """
    here = target()
    if here.shows_statements():
        with connected() as connection:
            yield connection
        return
    with interruptible(), closing(here.connect_to_read()) as driver_connection:
        yield driver_connection
