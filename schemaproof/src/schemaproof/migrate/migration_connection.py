"""The connection that migrates: of the caller, to the target, or to a scratch database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeAlias

from sqlalchemy import Connection, Engine

from schemaproof.connection import own_settings, session_limits
from schemaproof.connection.target import Target
from schemaproof.history.project_probe import ProjectProbe
from schemaproof.history.scratch import project_scratch
from schemaproof.migrate import client_check, connection_slot, offline_script
from schemaproof.migrate.given_target import GivenTarget
from schemaproof.project import Project

Given: TypeAlias = Engine | Connection | None
"""What the caller hands over; None where the target is connected to."""


@contextmanager
def in_scratch(project: Project) -> Iterator[Connection]:
    """Connect to a scratch database in which all revisions are applied.

    Autogenerate compares the models with what the revisions produce. On the target it would also
    propose to undo whatever else is different there.
    """
    with project_scratch(project) as scratch:
        with ProjectProbe(project) as probe:
            probe.upgrade(scratch, "heads")
        with scratch.place.engine().connect() as connection:
            yield connection


@contextmanager
def connected(given: Given, target: Target, say: Callable[[str], None]) -> Iterator[Connection]:
    """Connect to what the caller handed over, or to the target.

    Args:
        given: What was handed over.
        target: The project and its database.
        say: Told what is waited for.
    """
    if isinstance(given, Connection):
        with _limited(given, target), own_settings.ours(given):
            yield given
        return
    path = offline_script.PATH_OF_REVISIONS if given is None else None
    with (
        _connect(given, target, say) as connection,
        _limited(connection, target),
        own_settings.ours(connection, search_path=path),
    ):
        if given is None:
            client_check.end_with_client(connection)
        yield connection


def _connect(given: Engine | None, target: Target, say: Callable[[str], None]) -> Connection:
    if given is not None:
        return given.connect()
    return connection_slot.connect(target.migration_engine(), target.settings(), say)


def _limited(connection: Connection, target: Target) -> AbstractContextManager[None]:
    """Have the time-outs hold on a connection that somebody else has opened."""
    if not isinstance(target, GivenTarget):
        return nullcontext()  # they were asked for when it was opened
    return session_limits.held(connection, target.migration_settings().limits)
