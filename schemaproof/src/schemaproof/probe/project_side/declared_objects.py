"""Objects that the models declare beside tables: views, functions and others."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Iterator


def flattened(declared: Any) -> Iterator[Any]:
    """Yield the items of a collection, of nested collections, or a single item."""
    if isinstance(declared, dict):
        declared = declared.values()
    if isinstance(declared, str) or not hasattr(declared, "__iter__"):
        yield declared
        return
    for one in declared:
        yield from flattened(one)


def create(thing: Any, execute: Callable[[Any], Any], connection: Any) -> None:
    """Create one of the objects.

    Args:
        thing: SQL as text, DDL of SQLAlchemy, an entity of alembic_utils, or a function that is
            called with the connection.
        execute: The function that executes a statement and notes a refusal.
        connection: The connection to the database.
    """
    from sqlalchemy import text

    statement = _statement(thing)
    if isinstance(statement, str):
        # The colons are escaped, because text() would take :name for a parameter.
        execute(text(statement.replace(":", r"\:")))
    elif statement is not None:
        execute(statement)
    else:
        with connection.begin_nested():
            thing(connection)


def described(declared: Any) -> Iterator[str]:
    """Yield texts that identify each object: its SQL, or the source of its function."""
    for thing in flattened(declared):
        statement = _statement(thing)
        yield inspect.getsource(thing) if statement is None else str(statement)


def _statement(thing: Any) -> Any:
    """Return the statement that creates an object; None if a function creates it."""
    if isinstance(thing, str) or hasattr(thing, "compile"):
        return thing
    if hasattr(thing, "to_sql_statement_create"):
        # The object comes from alembic_utils.
        return thing.to_sql_statement_create()
    if not callable(thing):
        raise TypeError(f"{thing!r} is neither SQL nor a function")
    return None
