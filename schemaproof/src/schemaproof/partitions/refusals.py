"""Errors of the server about a partition, in one line with a remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from schemaproof.connection.diagnostics import read_diagnostics
from schemaproof.errors import DatabaseRefusedError

_REMEDIES: Final = {
    "23514": "rows are outside its bounds, or in the default partition although they are within"
    " them: move them first",
    "25006": "connect to the primary server",
    "42501": "connect as the owner of the table",
    "42P01": "name an existing table",
    "42P07": "a table of this name exists: attach it, or rename it",
    "55000": "a table that has a default partition cannot detach CONCURRENTLY: detach it"
    " without that word",
    "55P03": "wait until the sessions that use it have ended, and run it again",
}


@contextmanager
def refused(name: str) -> Iterator[None]:
    """Turn errors of the server about a partition into one line.

    Raises:
        DatabaseRefusedError: The server refused it.
    """
    try:
        yield
    except Exception as error:
        told = read_diagnostics(error)
        if told is None:
            raise
        raise DatabaseRefusedError(
            f"{name}: {told.message_primary or 'the server refused it'}",
            remedy=_REMEDIES.get(told.sqlstate, ""),
            sqlstate=told.sqlstate,
        ) from error
